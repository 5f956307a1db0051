# SPDX-License-Identifier: Apache-2.0
"""A client for the HTTP API of Veche, for asyncio and for programs that block; and what a backend does itself: tokens and webhooks."""
from .async_client import AsyncClient
from .bodies import InvitationSettings, Moderation, ParticipantSettings, RecordingSettings, RoomPolicy
from .client import Client
from .errors import (
    ApiError,
    BadAnswer,
    Conflict,
    Exhausted,
    FieldError,
    IdempotencyKeyReused,
    Internal,
    InvalidRequest,
    NotFound,
    OverCapacity,
    ParticipantRemoved,
    PermissionDenied,
    PluginFailed,
    PluginTimeout,
    PreconditionFailed,
    RateLimited,
    RequestInProgress,
    RoomDeleted,
    TokenOutdated,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    Unreachable,
    VecheError,
)
from .models import (
    Capacity,
    Event,
    EventPage,
    IceServer,
    Invitation,
    ModerationResult,
    Participant,
    Place,
    Readiness,
    Recording,
    Reset,
    Room,
    Server,
    Session,
)
from .operations import Operation
from .retries import NO_RETRIES, RetryPolicy
from .tokens import SigningKey, join_token
from .webhooks import Delivery, WebhookRejected, verify

__all__ = [
    "ApiError", "AsyncClient", "BadAnswer", "Capacity", "Client", "Conflict", "Delivery", "Event", "EventPage", "Exhausted", "FieldError",
    "IceServer", "IdempotencyKeyReused", "Internal", "InvalidRequest", "Invitation", "InvitationSettings", "join_token", "Moderation", "ModerationResult",
    "NO_RETRIES", "NotFound", "Operation", "OverCapacity", "Participant", "ParticipantRemoved", "ParticipantSettings", "PermissionDenied",
    "Place", "PluginFailed", "PluginTimeout", "PreconditionFailed", "RateLimited", "Readiness", "Recording", "RecordingSettings", "RequestInProgress",
    "Reset", "RetryPolicy", "Room", "RoomDeleted", "RoomPolicy", "Server", "Session", "SigningKey", "TokenOutdated", "Unauthenticated",
    "Unavailable", "Unprocessable", "Unreachable", "VecheError", "verify", "WebhookRejected",
]
