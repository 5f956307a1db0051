# SPDX-License-Identifier: Apache-2.0
"""What both clients share: their settings, requests made of operations, and errors made of answers."""
from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .errors import ApiError, NotFound, Unreachable, VecheError, error_of
from .models import Readiness
from .operations import Operation
from .retries import Attempts, RetryPolicy

#: The server holds an answer back for at most a few seconds; only events are waited for.
TIMEOUT_S = 15.0
LARGEST_PROBLEM_BYTES = 65536


READYZ = "/readyz"


@dataclass(frozen=True)
class Settings:
    """How calls are repeated. `clock` counts seconds and never goes back; `jitter` returns numbers from 0 to 1."""

    policy: RetryPolicy
    clock: Callable[[], float]
    jitter: Callable[[], float]

    def attempts(self) -> Attempts:
        return Attempts(self.policy, self.clock(), self.jitter)


def parts_of(operation: Operation[Any]) -> dict[str, Any]:
    """The arguments of httpx's `build_request`. The same for each attempt, the idempotency key included."""
    parts: dict[str, Any] = {
        "method": operation.method, "url": operation.url, "headers": dict(operation.headers), "params": dict(operation.query) or None}
    if operation.json is not None:
        parts["json"] = operation.json
    if operation.text is not None:
        parts["content"] = operation.text.encode()
    if operation.silent_s is not None:
        parts["timeout"] = operation.silent_s
    return parts


def unreachable(operation: Operation[Any], error: httpx.HTTPError) -> Unreachable:
    return Unreachable(f"{operation.title}: {type(error).__name__}: {error}")


def refusal_of(title: str, answer: httpx.Response, now_unix_s: float | None = None) -> ApiError:
    """The error of an answer that is none of success. Its body has been read."""
    problem: Any = None
    if "json" in answer.headers.get("Content-Type", "") and len(answer.content) <= LARGEST_PROBLEM_BYTES:
        try:
            problem = answer.json()
        except ValueError:
            pass  # A proxy's own page: the status has to do.
    retry_after_s = seconds_of(answer.headers.get("Retry-After"), time.time() if now_unix_s is None else now_unix_s)
    return error_of(title, answer.status_code, problem if isinstance(problem, dict) else {}, retry_after_s)


def seconds_of(retry_after: str | None, now_unix_s: float) -> float | None:
    """A Retry-After, which is a number of seconds or a date (RFC 9110, section 10.2.3). None: absent, or neither."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - now_unix_s)
    except ValueError:
        return None


def is_done_already(operation: Operation[Any], attempts: Attempts, failure: VecheError) -> bool:
    """Whether the server has deleted, in an attempt whose answer was lost, what it does not find now."""
    return operation.method == "DELETE" and attempts.may_have_arrived and isinstance(failure, NotFound)


def readiness_of(answer: httpx.Response) -> Readiness:
    """Of GET /readyz. A proxy answers, too, while the server is away, but not in its name."""
    instance = answer.headers.get("Veche-Instance", "")
    if not instance:
        return Readiness("unreachable")
    return Readiness("ready" if answer.is_success else "busy", instance)
