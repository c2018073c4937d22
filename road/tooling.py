"""Makes the tools of the pure rungs, once a process: models are loaded when they are first needed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from classifier.examining import load_models
from parsers.page_cache import FolderCache
from road.config import GatewayConfig
from road.models import ModelShelf
from road.rungs import Tools


@lru_cache(maxsize=4)
def tools_for(config: GatewayConfig, *, cache: Path | None = None) -> Tools:
    """Models, policy and settings for this configuration; `cache` keeps what was read for the next time."""
    return Tools(
        models=load_models(ModelShelf(config.gateway.state / "models").active()),
        policy=config.policy,
        opening=config.opening,
        reading=config.reading,
        cache=FolderCache(cache) if cache is not None else None,
    )
