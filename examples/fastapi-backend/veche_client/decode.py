# SPDX-License-Identifier: Apache-2.0
"""Makes typed values of JSON: dataclasses by their annotations. Fields that a dataclass does not name are left out."""
from __future__ import annotations

import dataclasses
import functools
import types
import typing
from datetime import datetime
from typing import Any, TypeVar

from .errors import BadAnswer

T = TypeVar("T")
#: A dataclass may collect what it does not name in a field of this name.
REST = "more"


def decode(kind: type[T], value: object, where: str = "") -> T:
    """`value` as a `kind`. Raises BadAnswer, which names the place as a JSON pointer, where it is another thing."""
    return typing.cast(T, _decode(kind, value, where))


def _decode(kind: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        # The recorder writes a time that is not known yet as "".
        absent = value is None or (value == "" and arguments[0] is datetime)
        return None if absent else _decode(arguments[0], value, where)
    if origin is list:
        return [_decode(arguments[0], each, f"{where}/{index}") for index, each in enumerate(_checked(list, value, where))]
    if origin is dict:
        return {name: _decode(arguments[1], each, f"{where}/{name}") for name, each in _checked(dict, value, where).items()}
    if dataclasses.is_dataclass(kind):
        return _decode_fields(kind, _checked(dict, value, where), where)
    if kind is datetime:
        return _decode_time(_checked(str, value, where), where)
    if kind is float and type(value) is int:
        return float(value)
    return _checked(kind, value, where)


def _checked(kind: type[T], value: object, where: str) -> T:
    # A bool is an int in Python, and is none in JSON.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadAnswer(f"{where or '/'} is {type(value).__name__}; expected: {kind.__name__}")
    return value


def _decode_time(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadAnswer(f"{where} is {text!r}; expected: a time as in RFC 3339") from None


def _decode_fields(kind: Any, value: dict[str, Any], where: str) -> Any:
    fields = {}
    known = fields_of(kind)
    for name, (hint, is_required) in known.items():
        if name in value:
            fields[name] = _decode(hint, value[name], f"{where}/{name}")
        elif is_required:
            raise BadAnswer(f"{where or '/'} has no {name}")
    if REST in known:
        fields[REST] = {name: each for name, each in value.items() if name not in known}
    return kind(**fields)


@functools.cache
def fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether an answer has to have it."""
    hints = typing.get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        field.name: (hints[field.name], field.default is missing and field.default_factory is missing)
        for field in dataclasses.fields(kind)
    }
