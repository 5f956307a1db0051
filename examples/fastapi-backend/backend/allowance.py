# SPDX-License-Identifier: Apache-2.0
"""Bounds how many messages come at once, and then each second. Takes the time as an argument."""
from __future__ import annotations


class Allowance:
    def __init__(self, burst: int, per_s: float) -> None:
        self._burst, self._per_s = burst, per_s
        self._left = float(burst)
        self._at_s: float | None = None
        #: Refused since it was half full.
        self.refused = 0

    def take(self, now_s: float) -> bool:
        if self._at_s is not None:
            self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if 2 * self._left > self._burst:
            self.refused = 0
        if self._left < 1:
            self.refused += 1
            return False
        self._left -= 1
        return True
