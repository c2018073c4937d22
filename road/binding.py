"""Strict binding of TOML tables to frozen dataclasses: an unknown key or a wrong type stops the start and is named.

Each adapter owns its config dataclass; this module knows none of them. Relative paths are taken from the folder of
the configuration file. Secrets never stand in the file: only names of files that hold them.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from mailroom.errors import ConfigError

T = TypeVar("T")
NO_KEY: Mapping[str, bool] = types.MappingProxyType({"key": False})
"""Metadata of a field that no file may set."""


def bind(kind: type[T], table: Mapping[str, Any], *, where: str = "", base: Path) -> T:
    """`kind(**table)` with every key and type checked; `where` names the table in error messages, empty the file's
    own top.

    Raises ConfigError naming table and key.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("key", True)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            raise ConfigError(f"{_below(where, key)}: unknown key ({_known(key, fields)})")
        values[key] = _value(hints[key], value, where=_below(where, key), base=base)
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in values:
            raise ConfigError(f"{_below(where, name)}: missing")
    try:
        return kind(**values)
    except ValueError as error:
        # The adapters begin with the key that they mean, where they mean one.
        named = str(error).partition(":")[0] in fields
        raise ConfigError(_below(where, str(error)) if named else f"{where}: {error}") from error


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _known(key: str, fields: Mapping[str, Any]) -> str:
    near = get_close_matches(key, fields, n=1)
    known = f"known: {', '.join(sorted(fields))}"
    return f"is {near[0]} meant? {known}" if near else known


def _value(hint: Any, value: Any, *, where: str, base: Path) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _bounded(typing.get_args(hint), value, where=where, base=base)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(hint), value, where=where, base=base)
    if origin is typing.Literal:
        return _literal(typing.get_args(hint), value, where=where)
    if origin is tuple:
        return _tuple(typing.get_args(hint), value, where=where, base=base)
    if origin in (dict, Mapping) or origin is typing.get_origin(Mapping[str, str]):
        return _mapping(typing.get_args(hint)[1], value, where=where, base=base)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigError(f"{where}: a table is wanted")
        return bind(hint, value, where=where, base=base)
    return _scalar(hint, value, where=where, base=base)


def _bounded(args: tuple[Any, ...], value: Any, *, where: str, base: Path) -> Any:
    bound = _value(args[0], value, where=where, base=base)
    for fault in (extra.fault(bound) for extra in args[1:]):
        if fault is not None:
            raise ConfigError(f"{where}: {fault}")
    return bound


def _union(choices: tuple[Any, ...], value: Any, *, where: str, base: Path) -> Any:
    errors = []
    for choice in choices:
        if choice is type(None):
            continue
        try:
            return _value(choice, value, where=where, base=base)
        except ConfigError as error:
            errors.append(str(error))
    raise ConfigError(errors[0] if errors else f"{where}: no value is allowed")


def _literal(choices: tuple[Any, ...], value: Any, *, where: str) -> Any:
    if value not in choices:
        raise ConfigError(f"{where}: {value!r} is not one of {', '.join(map(repr, choices))}")
    return value


def _tuple(args: tuple[Any, ...], value: Any, *, where: str, base: Path) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{where}: a list is wanted")
    return tuple(_value(args[0], entry, where=f"{where}[{n}]", base=base) for n, entry in enumerate(value))


def _mapping(hint: Any, value: Any, *, where: str, base: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: a table is wanted")
    return {key: _value(hint, entry, where=f"{where}.{key}", base=base) for key, entry in value.items()}


def _scalar(hint: Any, value: Any, *, where: str, base: Path) -> Any:
    if hint is Any:
        return value
    if hint is Path:
        if not isinstance(value, str) or not value or "\0" in value:
            raise ConfigError(f"{where}: a path is wanted")
        return base / value
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ConfigError(f"{where}: a finite number is wanted, not {value}")
        return float(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(value)
        except ValueError:
            raise ConfigError(f"{where}: {value!r} is not one of {', '.join(hint)}") from None
    if isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    name = getattr(hint, "__name__", str(hint))
    raise ConfigError(f"{where}: {name} is wanted, not {value!r}")
