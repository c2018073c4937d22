"""Who may open the console: accounts with argon2 hashes and a role, a first one with a password that is shown once.

*reader* looks, but not at identity documents, and changes nothing; *operator* works; *admin* keeps the accounts too.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from console.desk import Desk

ACCOUNTS = "console.accounts"
FIRST_ACCOUNT = "operatore"
MOST_FAILURES = 5
PAUSE_SECONDS = 60.0
SHORTEST = 10
"""Letters of a password that a person chooses (NIST SP 800-63B asks for eight at least)."""


class Role(StrEnum):
    READER = "reader"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    name: str
    role: Role
    stamp: str
    """Changes with the password: sessions of before end with it."""


def first_password(desk: Desk) -> str | None:
    """Makes the first account; its password, or None if there is an account already."""
    if desk.setting(ACCOUNTS):
        return None
    return new_account(desk, FIRST_ACCOUNT, Role.ADMIN)


def new_account(desk: Desk, name: str, role: Role) -> str:
    """Makes the account, or gives it this role and a new password; the password."""
    password = secrets.token_urlsafe(9)
    set_password(desk, name, password, role=role)
    return password


def set_password(desk: Desk, name: str, password: str, *, role: Role | None = None) -> None:
    """A new account is an operator's if nothing else is said."""
    accounts = _read(desk)
    kept = accounts.get(name, {}).get("role", Role.OPERATOR.value)
    accounts[name] = {"hash": PasswordHasher().hash(password), "role": role.value if role else kept}
    desk.set_setting(ACCOUNTS, json.dumps(accounts))


def remove(desk: Desk, name: str) -> bool:
    """False for an account that is not there, and for the last one that keeps the others."""
    accounts = _read(desk)
    gone = accounts.pop(name, None)
    if gone is None or not any(account["role"] == Role.ADMIN.value for account in accounts.values()):
        return False
    desk.set_setting(ACCOUNTS, json.dumps(accounts))
    return True


def account_of(desk: Desk, name: str) -> Account | None:
    return next((account for account in all_accounts(desk) if account.name == name), None)


def all_accounts(desk: Desk) -> list[Account]:
    return [
        Account(
            name=name,
            role=Role(entry["role"]),
            stamp=hashlib.sha256(entry["hash"].encode()).hexdigest()[:12],
        )
        for name, entry in sorted(_read(desk).items())
    ]


def _read(desk: Desk) -> dict[str, dict[str, str]]:
    kept = json.loads(desk.setting(ACCOUNTS) or "{}")
    # An account of before there were roles is its hash alone, and was everybody's.
    return {name: {"hash": e, "role": Role.ADMIN.value} if isinstance(e, str) else e for name, e in kept.items()}


def is_right(desk: Desk, name: str, password: str) -> bool:
    """Takes as long for an unknown name as for a wrong password."""
    accounts = _read(desk)
    known = accounts.get(name) or next(iter(accounts.values()), {})
    try:
        return PasswordHasher().verify(known.get("hash", ""), password) and name in accounts
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
