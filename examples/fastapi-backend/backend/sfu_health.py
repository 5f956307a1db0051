# SPDX-License-Identifier: Apache-2.0
"""Judges by probes whether rooms may use the SFU. Takes what probes found and the time; reads no clock."""
from __future__ import annotations

from veche_client import Readiness

from .rollout import Sfu

#: One probe that fails may be an accident; another one follows at once.
FAILURES = 2
#: How long it has to be ready before rooms come back; doubled for a server that fails soon after its return.
STABLE_S = 1.5
LONGEST_STABLE_S = 60.0
#: A server that has been up for so long has no history any more.
TRUSTED_S = 60.0


class SfuHealth:
    def __init__(self) -> None:
        self.instance = ""
        #: Since when no probe reached it; None: the last one did.
        self.lost_at_s: float | None = None
        #: When it was reached again, after it had been down.
        self.found_at_s: float | None = None
        self._failures = 0
        self._is_up = False
        self._is_ready = False
        self._ready_since_s: float | None = None
        self._stable_s = 0.0  # A backend that starts has seen nothing fail.

    @property
    def is_up(self) -> bool:
        return self._is_up

    def take(self, found: Readiness, now_s: float) -> None:
        if found.state == "unreachable":
            self._fail(now_s)
            return
        self._failures = 0
        self.lost_at_s = None
        self.instance = found.instance
        if not self._is_up:
            self._is_up = True
            self.found_at_s = now_s
        if self._stable_s > STABLE_S and self.found_at_s is not None and now_s - self.found_at_s > self._stable_s + TRUSTED_S:
            self._stable_s = STABLE_S
        self._is_ready = found.state == "ready"
        if not self._is_ready:
            self._ready_since_s = None
        elif self._ready_since_s is None:
            self._ready_since_s = now_s

    def _fail(self, now_s: float) -> None:
        self._failures += 1
        if self.lost_at_s is None:
            self.lost_at_s = now_s
        if self._failures < FAILURES and self.found_at_s is not None:
            return
        if self._is_up and self.found_at_s is not None and now_s - self.found_at_s < self._stable_s + TRUSTED_S:
            self._stable_s = min(LONGEST_STABLE_S, max(STABLE_S, 2 * self._stable_s))
        elif self.found_at_s is not None:  # One that was never there has not failed: it may have been started after the backend.
            self._stable_s = max(STABLE_S, self._stable_s)
        self._is_up = self._is_ready = False
        self._ready_since_s = None

    def may(self, now_s: float) -> Sfu:
        is_stable = self._ready_since_s is not None and now_s - self._ready_since_s >= self._stable_s
        return Sfu(may_stay=self._is_up, may_take=self._is_ready and is_stable)
