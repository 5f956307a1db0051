# SPDX-License-Identifier: Apache-2.0
"""Bounds how often a password may be tried."""
from __future__ import annotations

from collections import OrderedDict


class AttemptLimit:
    """At most `most` attempts within `window_s` for each name, of the `names` last ones. Takes the time as an argument."""

    def __init__(self, most: int = 10, window_s: float = 60, names: int = 10_000) -> None:
        self._most, self._window_s, self._names = most, window_s, names
        self._attempts: OrderedDict[str, list[float]] = OrderedDict()

    def take(self, name: str, now_s: float) -> bool:
        recent = [then for then in self._attempts.pop(name, []) if now_s - then < self._window_s]
        is_allowed = len(recent) < self._most
        self._attempts[name] = [*recent, now_s] if is_allowed else recent
        if len(self._attempts) > self._names:
            self._attempts.popitem(last=False)
        return is_allowed
