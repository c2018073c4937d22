"""What a mailbox looks like, compared with what it looked like: pure judgement over counts and numbers.

A mailbox that is suddenly empty, or holds other messages than before, is most often not ours any more: a restored
backup, a changed login, a migration. Taking it for real would at best make thousands of old mails new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.reception import CONFIRMED, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """One folder as of one look at it."""

    validity: int
    uidnext: int | None
    kept: int | None
    """Messages in it that we have taken and that ought to stay there; None where settling moves them away."""
    aside: int | None
    """Messages in the folder that settling moves to; None where settling leaves them in place."""
    witness: str | None = None
    """UID, size and time of the newest message: the same UID must not come back with other facts."""
    epoch: int = 0
    """Counts how often a person confirmed that UIDs went backwards under the same UIDVALIDITY (a restored backup):
    part of the ref, so that a reused UID is not taken for its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    vanished_share: float
    vanished_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    state: FolderState
    stop: str | None = None
    renumbered: bool = False
    anchored: bool = False


def generation(state: FolderState) -> str:
    """The middle part of a ref: UIDVALIDITY, and the epoch once there was one."""
    return f"{state.validity}.{state.epoch}" if state.epoch else str(state.validity)


def weigh(
    before: FolderState | None,
    now: FolderState,
    limits: Limits,
    *,
    confirmed: bool,
    folder: str,
    testimony: str | None = None,
) -> Verdict:
    """What to make of `now`, given the last look and whether a person has already been asked.

    `testimony` is how the message of the former witness looks today, None if it is not there any more.
    """
    if before is None:
        return Verdict(state=now)
    renumbered = now.validity != before.validity
    now = replace(now, epoch=0 if renumbered else before.epoch)
    changed = testimony is not None and testimony != before.witness
    reused = not renumbered and (changed or _less(now.uidnext, before.uidnext))
    if reused and confirmed:
        return Verdict(state=replace(now, epoch=before.epoch + 1), renumbered=True)
    if reused:
        return Verdict(
            state=now, stop=f"{folder}: numeri di messaggi già usati tornano per altri (copia ripristinata?)"
        )
    lost = _vanished(before.aside, now.aside, limits) or (not renumbered and _vanished(before.kept, now.kept, limits))
    if lost and not confirmed:
        return Verdict(
            state=now,
            stop=f"{folder}: sono spariti di colpo {lost} messaggi già presi in carico",
            renumbered=renumbered,
        )
    anchored = renumbered and not confirmed and (before.kept or 0) >= limits.vanished_least
    return Verdict(state=now, renumbered=renumbered, anchored=anchored)


def survey_of(verdicts: Mapping[str, Verdict]) -> Survey:
    """The verdicts over all folders of a mailbox as one."""
    stops = [verdict.stop for verdict in verdicts.values() if verdict.stop]
    return Survey(
        stop="; ".join(stops) or None,
        renumbered=tuple(
            f"{folder}/{generation(verdict.state)}/" for folder, verdict in verdicts.items() if verdict.renumbered
        ),
        anchored=any(verdict.anchored for verdict in verdicts.values()),
        memory={_key(folder): _written(verdict.state) for folder, verdict in verdicts.items()},
    )


def remembered(folder: str, memory: Mapping[str, str]) -> FolderState | None:
    """The state written by `survey_of`; None if there is none, or it is from a time with other fields."""
    try:
        return FolderState(**json.loads(memory[_key(folder)]))
    except (KeyError, ValueError, TypeError):
        return None


def is_confirmed(memory: Mapping[str, str]) -> bool:
    return bool(memory.get(CONFIRMED))


def _vanished(before: int | None, now: int | None, limits: Limits) -> int:
    if before is None or now is None or before < limits.vanished_least:
        return 0
    return before - now if now < before * (1 - limits.vanished_share) else 0


def _less(now: int | None, before: int | None) -> bool:
    return now is not None and before is not None and now < before


def _key(folder: str) -> str:
    return f"folder:{folder}"


def _written(state: FolderState) -> str:
    fields = ("validity", "uidnext", "kept", "aside", "witness", "epoch")
    return json.dumps({name: getattr(state, name) for name in fields})
