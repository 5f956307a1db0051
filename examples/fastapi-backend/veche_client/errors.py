# SPDX-License-Identifier: Apache-2.0
"""What can go wrong in a call: a class for each type of problem that the HTTP API answers with (RFC 9457)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping


@dataclass(frozen=True)
class FieldError:
    """Where a request's body is wrong: a JSON pointer, and what is allowed there."""

    pointer: str
    detail: str


class VecheError(Exception):
    """Any failure of a call."""


class Unreachable(VecheError):
    """No whole answer came: the connection failed, or the time ran out. The server may have done what it was asked."""


class BadAnswer(VecheError):
    """The server answered something that this client does not understand; the message says where."""


class ApiError(VecheError):
    """The server refused. `type` is stable ("/problems/not-found"); `retry_after_s` is None where the answer does not say."""

    def __init__(self, request: str, status: int, problem: Mapping[str, Any], retry_after_s: float | None = None) -> None:
        self.request = request
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", f"The server answered {status}"))
        self.detail = str(problem.get("detail", ""))
        self.errors = [
            FieldError(str(each.get("pointer", "")), str(each.get("detail", "")))
            for each in problem.get("errors", [])
            if isinstance(each, dict)
        ]
        self.retry_after_s = retry_after_s
        places = "".join(f"; {each.pointer}: {each.detail}" for each in self.errors)
        super().__init__(f"{request}: {status} {self.title}{': ' + self.detail if self.detail else ''}{places}")


class InvalidRequest(ApiError):
    """A name, a parameter or the body is wrong; an offer is outside the profile."""


class Unauthenticated(ApiError):
    """The credential is missing, wrong or expired."""


class PermissionDenied(ApiError):
    """The credential does not reach this."""


class ParticipantRemoved(PermissionDenied):
    """The join token is older than the removal of its participant. Only a newer token helps."""


class RoomDeleted(PermissionDenied):
    """The join token is older than the deletion of its room. Only a newer token helps."""


class TokenOutdated(PermissionDenied):
    """The join token is older than a change of its participant's permissions. Only a newer token helps."""


class NotFound(ApiError):
    """No such path, room, participant, session or recording."""


class MethodNotAllowed(ApiError):
    """The path has no such method."""


class Conflict(ApiError):
    """The request does not fit the present state, or a newer one took its place."""


class RequestInProgress(Conflict):
    """The first request with this idempotency key is not answered yet. The client asks again by itself."""


class PreconditionFailed(ApiError):
    """`If-Match` or `If-None-Match` does not hold: the room exists already, or was changed by another caller."""


class TooLarge(ApiError):
    """The body is too large."""


class UnsupportedMediaType(ApiError):
    """The `Content-Type` is not one of this path."""


class RangeNotSatisfiable(ApiError):
    """The file ends before the range begins."""


class Unprocessable(ApiError):
    """The server understands the request, and cannot do it: such as an ICE restart on a path that has none."""


class IdempotencyKeyReused(Unprocessable):
    """The idempotency key was used for another request."""


class UpgradeRequired(ApiError):
    """The path is a WebSocket."""


class PreconditionRequired(ApiError):
    """`If-Match` is missing where it is needed."""


class RateLimited(ApiError):
    """The caller asks too often."""


class Internal(ApiError):
    """The server failed; its log says why."""


class PluginFailed(Internal):
    """A plugin of the server failed; the server's log says why."""


class PluginTimeout(ApiError):
    """The plugin whose route this is did not answer in time."""


class Unavailable(ApiError):
    """The server drains or cannot serve this now: ask again later, or ask another server."""


class Exhausted(Unavailable):
    """A limit of the server or of the room is reached."""


class OverCapacity(Unavailable):
    """The server can carry no more participants."""


#: By the last part of a problem's type.
TYPES: dict[str, type[ApiError]] = {
    "invalid-request": InvalidRequest,
    "unauthenticated": Unauthenticated,
    "permission-denied": PermissionDenied,
    "participant-removed": ParticipantRemoved,
    "room-deleted": RoomDeleted,
    "token-outdated": TokenOutdated,
    "not-found": NotFound,
    "method-not-allowed": MethodNotAllowed,
    "conflict": Conflict,
    "request-in-progress": RequestInProgress,
    "idempotency-key-reused": IdempotencyKeyReused,
    "precondition-failed": PreconditionFailed,
    "too-large": TooLarge,
    "unsupported-media-type": UnsupportedMediaType,
    "range-not-satisfiable": RangeNotSatisfiable,
    "unprocessable": Unprocessable,
    "upgrade-required": UpgradeRequired,
    "precondition-required": PreconditionRequired,
    "too-many-requests": RateLimited,
    "internal": Internal,
    "plugin-failed": PluginFailed,
    "plugin-timeout": PluginTimeout,
    "exhausted": Exhausted,
    "over-capacity": OverCapacity,
    "unavailable": Unavailable,
}
#: For problems whose type is a plugin's own, and for answers of proxies on the way.
STATUSES: dict[int, type[ApiError]] = {
    400: InvalidRequest,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    405: MethodNotAllowed,
    409: Conflict,
    412: PreconditionFailed,
    413: TooLarge,
    429: RateLimited,
    500: Internal,
    503: Unavailable,
}


def error_of(request: str, status: int, problem: Mapping[str, Any], retry_after_s: float | None = None) -> ApiError:
    """The error for an answer. `request` names what was asked ("GET /v1/rooms/blue")."""
    prefix, _, name = str(problem.get("type", "")).rpartition("/")
    by_status = STATUSES.get(status, ApiError)
    kind = TYPES.get(name, by_status) if prefix == "/problems" else by_status
    return kind(request, status, problem, retry_after_s)
