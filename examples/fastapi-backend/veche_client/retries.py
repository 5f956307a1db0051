# SPDX-License-Identifier: Apache-2.0
"""Decides whether and when a call is repeated. Takes failures and the time, and returns waits: it reads no clock, and sleeps never."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .errors import ApiError, RequestInProgress, Unreachable, VecheError

#: Statuses that say nothing against the same request later: timeout, too early, too many, and a server or proxy that cannot now.
TEMPORARY = frozenset({408, 425, 429, 502, 503, 504})
#: Of those what a proxy says when it got no answer.
LOST = frozenset({502, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` counts the first one too. Waits double from `first_s` up to `longest_s`, with jitter, unless Retry-After asks for more.

    A call ends with its failure when the next wait would end more than `total_s` after its beginning.
    """

    attempts: int = 5
    first_s: float = 0.25
    longest_s: float = 8.0
    total_s: float = 30.0


NO_RETRIES = RetryPolicy(attempts=1)


class Attempts:
    """One call, from its beginning at `now_s`. `jitter` returns numbers from 0 to 1."""

    def __init__(self, policy: RetryPolicy, now_s: float, jitter: Callable[[], float]) -> None:
        self._policy = policy
        self._began_s = now_s
        self._jitter = jitter
        self.failed = 0
        #: An earlier attempt may have reached the server, although its answer did not come.
        self.may_have_arrived = False

    def wait_s(self, failure: VecheError, now_s: float) -> float | None:
        """How long to wait before the next attempt; None: the failure is the call's."""
        self.failed += 1
        if isinstance(failure, Unreachable) or (isinstance(failure, ApiError) and failure.status in LOST):
            self.may_have_arrived = True
        if self.failed >= self._policy.attempts or not is_temporary(failure):
            return None
        wait_s = backoff_s(self._policy, self.failed, self._jitter())
        if isinstance(failure, ApiError) and failure.retry_after_s is not None:
            wait_s = max(wait_s, failure.retry_after_s)
        return wait_s if now_s + wait_s - self._began_s <= self._policy.total_s else None


def is_temporary(failure: VecheError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(failure, (Unreachable, RequestInProgress)):
        return True
    return isinstance(failure, ApiError) and failure.status in TEMPORARY


def backoff_s(policy: RetryPolicy, failed: int, jitter: float) -> float:
    """After `failed` failures in a row. Jitter takes up to half of it away, so that callers do not come back in step."""
    doubled: float = policy.first_s * 2 ** min(failed - 1, 30)
    return min(policy.longest_s, doubled) * (1 - jitter / 2)
