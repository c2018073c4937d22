"""Makes the tools of the pure rungs, once a process: models are loaded when they are first needed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from classifier.examining import Models, load_models
from parsers.page_cache import FolderCache
from road.config import GatewayConfig
from road.models import ModelShelf
from road.rungs import Tools


@lru_cache(maxsize=4)
def tools_for(config: GatewayConfig, *, cache: Path | None = None) -> Tools:
    """Models, policy and settings for this configuration; `cache` keeps what was read for the next time."""
    weights = ModelShelf(config.gateway.state / "models").active()
    return Tools(
        models=_models(weights, weights.stat().st_mtime_ns if weights.exists() else 0),
        policy=config.policy,
        opening=config.opening,
        reading=config.reading,
        cache=FolderCache(cache) if cache is not None else None,
        answers=config.answers,
    )


@lru_cache(maxsize=2)
def _models(weights: Path, written: int) -> Models:
    """Loading takes seconds, and many configurations share one model. `written` tells a new file of the same name."""
    return load_models(weights)
