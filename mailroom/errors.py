"""The few ways in which work can fail to go on. Each code has a paragraph in docs/errors.md."""

from __future__ import annotations


class GatewayError(Exception):
    """Base of all our exceptions; `code` names the paragraph in docs/errors.md."""

    code = "internal"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigError(GatewayError):
    """A key of the configuration is wrong: the start stops, one line, exit 2."""

    code = "config"


class Transient(GatewayError):
    """Not now; nothing went out. `retry_after` in seconds, None for the usual backoff; `tried` is False where the other
    side was not even asked, which counts as no attempt."""

    code = "transient"

    def __init__(
        self, message: str, *, retry_after: float | None = None, tried: bool = True, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.tried = tried


class Refused(GatewayError):
    """The other side said no and means it; the message holds their words."""

    code = "refused"


class Hold(GatewayError):
    """No machine should decide this; the message is the reason in plain Italian."""

    code = "hold"


class InDoubt(GatewayError):
    """Begun, outcome unknown: the dispatch waits for a person unless it is repeatable."""

    code = "in_doubt"


class LostLease(GatewayError):
    """Another worker has the item: our result is dropped."""

    code = "lost_lease"
