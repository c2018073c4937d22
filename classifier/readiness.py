"""Builds at once what the study otherwise builds when it has proved worth it: for a process that will read many
letters."""

from __future__ import annotations

from classifier import cues, document_kind, glance

SPOTTERS = (cues.SPOTTER, glance.SPOTTER, document_kind.SPOTTER)


def make_ready() -> None:
    """Takes a second or so, once a process; what is forked afterwards has it for nothing."""
    for spotter in SPOTTERS:
        spotter.build()
