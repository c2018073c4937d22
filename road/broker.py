"""The bell: RabbitMQ, Redis, or none but the process itself. It may lose, double or delay what it is told."""

from __future__ import annotations

from urllib.parse import urlsplit

import dramatiq
from dramatiq.brokers.stub import StubBroker

from mailroom.errors import ConfigError, Transient

PATIENCE_SECONDS = 5.0


def make_broker(url: str | None) -> dramatiq.Broker:
    """For ``amqp://…`` or ``redis://…``; None gives the broker inside the process. Nothing is connected yet.

    Raises ConfigError for any other scheme.
    """
    if url is None:
        return StubBroker()
    scheme = urlsplit(url).scheme
    if scheme in ("redis", "rediss", "unix"):
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(url=url)  # type: ignore[no-untyped-call]
    if scheme in ("amqp", "amqps"):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        return RabbitmqBroker(url=url)
    raise ConfigError(f"gateway.broker: {scheme or url!r} is no broker (amqp://… or redis://…)")


def check_broker(url: str | None) -> str:
    """One line of good news for `doctor`. Raises Transient."""
    if url is None:
        return "dentro il processo"
    # Host and port only: the address may hold a password.
    where = urlsplit(url).netloc.rpartition("@")[2]
    broken = Transient(f"{where} non risponde", code="broker_connection")
    if urlsplit(url).scheme.startswith("amqp"):
        import pika
        from pika.exceptions import AMQPError

        try:
            pika.BlockingConnection(pika.URLParameters(url)).close()
        except (AMQPError, OSError) as error:
            raise broken from error
    else:
        import redis

        try:
            redis.Redis.from_url(url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS).ping()
        except (redis.RedisError, OSError) as error:
            raise broken from error
    return where


def unheard() -> tuple[type[Exception], ...]:
    """What a ring may fail with when nobody is there to hear it."""
    from redis import RedisError

    return (dramatiq.errors.BrokerError, RedisError, OSError)
