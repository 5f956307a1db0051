# SPDX-License-Identifier: Apache-2.0
"""What the HTTP API answers with. Its documentation says what each field means: docs/http-api.md."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Permissions:
    publish: list[str] = field(default_factory=lambda: ["audio", "video"])
    subscribe: bool = True


@dataclass(frozen=True)
class SlotLimits:
    """0: as many as the offer has."""

    audio: int = 0
    video: int = 0


@dataclass(frozen=True)
class Track:
    id: int
    mid: str
    kind: str


@dataclass(frozen=True)
class Slot:
    """`participant` is "" while nobody is heard in it."""

    mid: str
    kind: str
    participant: str
    track: int


@dataclass(frozen=True)
class Participant:
    id: str
    name: str
    metadata: dict[str, Any]
    muted: bool
    muted_by_backend: bool
    muted_by_self: bool
    pinned: list[str]
    blocked: list[str]
    slots: SlotLimits
    permissions: Permissions
    source_number: int
    state: str  # connecting, connected, ended
    tracks: list[Track]
    slot_state: list[Slot]
    join_phases_ms: dict[str, float]
    joined_at: datetime
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """`more` has the settings of plugins for this room, by plugin."""

    id: str
    incarnation: str
    created_at: datetime
    max_participants: int
    empty_timeout_s: int
    media_path: str
    audio_packets_per_s: int
    audio_bitrate_bps: int
    metadata: dict[str, Any]
    participants: int
    notices: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class IceServer:
    """As browsers take it. `username` and `credential` are None for STUN servers."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class IceServers:
    ice_servers: list[IceServer]


@dataclass(frozen=True)
class Invitation:
    participant: Participant
    token: str
    session_url: str
    events_url: str
    ice_servers: list[IceServer]


@dataclass(frozen=True)
class Session:
    """`answer` is the SDP for the client; `location` is the path that ends the session; `etag` names its ICE generation."""

    answer: str
    location: str
    etag: str


@dataclass(frozen=True)
class RoomPage:
    rooms: list[Room]
    next_cursor: str | None = None


@dataclass(frozen=True)
class ParticipantPage:
    participants: list[Participant]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Place:
    """One of the rooms in which a participant of that name is."""

    room: str
    incarnation: str
    state: str
    joined_at: datetime


@dataclass(frozen=True)
class PlacePage:
    rooms: list[Place]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Announced:
    """How many clients got the announcement, and which of the named participants have none."""

    clients: int
    absent: list[str]


@dataclass(frozen=True)
class ModerationResult:
    """`status` is as of the request for this participant alone; `problem` says why it failed."""

    participant: str
    status: int
    problem: dict[str, Any] | None = None


@dataclass(frozen=True)
class ModerationResults:
    results: list[ModerationResult]


@dataclass(frozen=True)
class Event:
    """One entry of the server's log. `id` has no gaps within a server, `seq` none within an incarnation of a room."""

    id: int
    room: str
    incarnation: str
    seq: int
    time: datetime
    type: str
    data: dict[str, Any]
    participant: str = ""


@dataclass(frozen=True)
class EventPage:
    """`reset`: events are missing before the first one. Continue with `next_after`."""

    events: list[Event]
    next_after: int
    oldest: int
    newest: int
    reset: bool


@dataclass(frozen=True)
class Bounds:
    """The oldest and the newest id that the log has."""

    oldest: int
    newest: int


@dataclass(frozen=True)
class Reset:
    """Stands between events where some are missing: the log does not have those after `after` any more, or was made anew.

    It goes on with what it has, `oldest` to `newest`. A reader that keeps state asks for what is true now.
    """

    after: int
    oldest: int
    newest: int


@dataclass(frozen=True)
class Server:
    """`instance` is another one after each start."""

    version: str
    instance: str
    gstreamer: str
    started_at: datetime
    uptime_s: int
    rooms: int
    media_path: str
    draining: dict[str, Any] | None = None


@dataclass(frozen=True)
class Readiness:
    """`ready`: it takes new participants. `busy`: it drains or is full, and its calls go on. `instance` as in Server; "" where it is unreachable."""

    state: Literal["ready", "busy", "unreachable"]
    instance: str = ""


@dataclass(frozen=True)
class Capacity:
    """`head_room_participants` is None where nothing bounds it now."""

    media_path: str
    head_room_participants: int | None = None
    bound_by: str | None = None


@dataclass(frozen=True)
class RecordingFile:
    name: str
    content_type: str
    bytes: int
    duration_ms: int = 0
    start_ms: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Recording:
    """The manifest of a recording; `more` has what is not named here: its tracks, gaps and speakers."""

    id: str
    room: str
    state: str  # recording, finished, failed, interrupted
    duration_ms: int
    files: list[RecordingFile]
    modes: list[str] = field(default_factory=list)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    detail: str = ""
    ended_by: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordingPage:
    recordings: list[Recording]
    next_cursor: str | None = None
