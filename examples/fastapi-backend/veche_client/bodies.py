# SPDX-License-Identifier: Apache-2.0
"""What the HTTP API is asked for, as dictionaries with known keys. Its documentation says what each field means: docs/http-api.md."""
from __future__ import annotations

from typing import Any, TypedDict


class RoomPolicy(TypedDict, total=False):
    """What a backend sets of a room. None resets a field to its default in a patch."""

    max_participants: int | None
    empty_timeout_s: int | None
    media_path: str | None
    audio_packets_per_s: int | None
    audio_bitrate_bps: int | None
    metadata: dict[str, Any] | None
    forwarding: dict[str, Any] | None
    recording: dict[str, Any] | None


class PermissionsSetting(TypedDict, total=False):
    publish: list[str]
    subscribe: bool


class SlotLimitsSetting(TypedDict, total=False):
    audio: int
    video: int


class CommonSettings(TypedDict, total=False):
    """What both an invitation and a patch may set."""

    name: str | None
    metadata: dict[str, Any] | None
    attributes: dict[str, str] | None
    permissions: PermissionsSetting | None
    slots: SlotLimitsSetting | None
    muted: bool | None


class ParticipantSettings(CommonSettings, total=False):
    """What a patch sets of a participant. None resets a field to its default."""

    pinned: list[str] | None
    blocked: list[str] | None


class InvitationSettings(CommonSettings, total=False):
    """What an invitation sets. Without `id` the server makes one."""

    id: str
    token_ttl_s: int
    create_room: bool


#: `action` is mute, unmute or remove; it is done to `participants`, or to all but those of `except`.
Moderation = TypedDict(
    "Moderation",
    {"action": str, "participants": list[str], "except": list[str], "reason": str, "allow_rejoin": bool},
    total=False,
)


class RecordingSettings(TypedDict, total=False):
    modes: list[str]
    kinds: list[str]
    participants: list[str]
    max_duration_s: int
    max_bytes: int
