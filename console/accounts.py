"""Who may open the console: accounts with argon2 hashes, a first one with a password that is shown once."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from time import monotonic

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from console.desk import Desk

ACCOUNTS = "console.accounts"
FIRST_ACCOUNT = "operatore"
MOST_FAILURES = 5
PAUSE_SECONDS = 60.0


def first_password(desk: Desk) -> str | None:
    """Makes the first account; its password, or None if there is an account already."""
    if desk.setting(ACCOUNTS):
        return None
    password = secrets.token_urlsafe(9)
    set_password(desk, FIRST_ACCOUNT, password)
    return password


def set_password(desk: Desk, name: str, password: str) -> None:
    accounts = json.loads(desk.setting(ACCOUNTS) or "{}")
    accounts[name] = PasswordHasher().hash(password)
    desk.set_setting(ACCOUNTS, json.dumps(accounts))


def is_right(desk: Desk, name: str, password: str) -> bool:
    """Takes as long for an unknown name as for a wrong password."""
    accounts = json.loads(desk.setting(ACCOUNTS) or "{}")
    hashed = accounts.get(name) or next(iter(accounts.values()), "")
    try:
        return PasswordHasher().verify(hashed, password) and name in accounts
    except (VerificationError, InvalidHashError):
        return False


@dataclass(slots=True)
class Failures:
    """Slows down guessing: after a few wrong passwords from one place it rests for a minute."""

    seen: dict[str, list[float]] = field(default_factory=dict)

    def too_many(self, place: str) -> bool:
        recent = [at for at in self.seen.get(place, []) if monotonic() - at < PAUSE_SECONDS]
        self.seen[place] = recent
        return len(recent) >= MOST_FAILURES

    def count(self, place: str) -> None:
        if len(self.seen) > 10_000:
            self.seen.clear()
        self.seen.setdefault(place, []).append(monotonic())
