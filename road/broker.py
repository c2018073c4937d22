"""The bell: RabbitMQ, Redis, or none but the process itself. It may lose, double or delay what it is told."""

from __future__ import annotations

from urllib.parse import urlsplit

import dramatiq
from dramatiq.brokers.stub import StubBroker

from mailroom.errors import Transient

PATIENCE_SECONDS = 5.0
_REDIS, _RABBITMQ = ("redis", "rediss", "unix"), ("amqp", "amqps")


def check_broker_url(url: str, *, key: str) -> None:
    """Raises ValueError that names the configuration's `key`, but not the URL (it may hold a password)."""
    if urlsplit(url).scheme not in (*_REDIS, *_RABBITMQ):
        raise ValueError(f"{key}: not a broker's URL (amqp://… or redis://…)")


def make_broker(url: str | None) -> dramatiq.Broker:
    """For a URL that `check_broker_url` accepts; None gives the broker inside the process. Nothing is connected yet."""
    if url is None:
        return StubBroker()
    if urlsplit(url).scheme in _REDIS:
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(url=url)  # type: ignore[no-untyped-call]
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    return RabbitmqBroker(url=url)


def check_broker(url: str | None) -> str:
    """One line of good news for `doctor`. Raises Transient."""
    if url is None:
        return "dentro il processo"
    # Host and port only: the address may hold a password.
    where = urlsplit(url).netloc.rpartition("@")[2]
    broken = Transient(f"{where} non risponde", code="broker_connection")
    if urlsplit(url).scheme in _RABBITMQ:
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
