# SPDX-License-Identifier: Apache-2.0
"""The requests of the HTTP API as values: what to send, and what to make of the answer. The clients send them."""
from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from . import bodies, models
from .decode import decode
from .errors import BadAnswer

T = TypeVar("T")
PARTICIPANT = "/v1/rooms/{room}/participants/{participant}"
#: A stream of events sends heartbeats more often, and a page that is waited for comes sooner.
SILENT_S = 60.0
RECORDINGS = "/v1/plugins/recording/rooms/{room}/recordings"


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One request. `path` is a pattern of the API's document, whose names `names` replaces."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object | None = None
    text: str | None = None
    #: How long the server may be silent; None: as for any other request.
    silent_s: float | None = None

    @property
    def url(self) -> str:
        """The path, with its names."""
        return self.path.format(**{name: quote(value, safe="") for name, value in self.names.items()})

    @property
    def title(self) -> str:
        """For messages."""
        return f"{self.method} {self.url}"


def _reads(kind: type[T]) -> Callable[[httpx.Response], T]:
    def read(answer: httpx.Response) -> T:
        try:
            return decode(kind, answer.json())
        except (ValueError, BadAnswer) as error:
            raise BadAnswer(f"{answer.request.method} {answer.request.url.path}: the answer is no {kind.__name__}: {error}") from None

    return read


def _nothing(answer: httpx.Response) -> None:
    return None


def _key(chosen: str | None) -> dict[str, str]:
    """The server does a POST with the same key once, however often the request is repeated."""
    return {"Idempotency-Key": chosen or str(uuid.uuid4())}


def _present(**values: str | int | None) -> dict[str, str | int]:
    return {name: value for name, value in values.items() if value is not None}


def server() -> Operation[models.Server]:
    return Operation("GET", "/v1/server", _reads(models.Server))


def capacity() -> Operation[models.Capacity]:
    return Operation("GET", "/v1/capacity", _reads(models.Capacity))


def room_page(prefix: str | None, limit: int, cursor: str | None) -> Operation[models.RoomPage]:
    return Operation("GET", "/v1/rooms", _reads(models.RoomPage), query=_present(prefix=prefix, limit=limit, cursor=cursor))


def room(room: str) -> Operation[models.Room]:
    return Operation("GET", "/v1/rooms/{room}", _reads(models.Room), {"room": room})


def put_room(room: str, policy: bodies.RoomPolicy, only_new: bool) -> Operation[models.Room]:
    headers = {"If-None-Match": "*"} if only_new else {}
    return Operation("PUT", "/v1/rooms/{room}", _reads(models.Room), {"room": room}, headers=headers, json=policy)


def patch_room(room: str, patch: bodies.RoomPolicy) -> Operation[models.Room]:
    return Operation("PATCH", "/v1/rooms/{room}", _reads(models.Room), {"room": room}, json=patch)


def delete_room(room: str) -> Operation[None]:
    return Operation("DELETE", "/v1/rooms/{room}", _nothing, {"room": room})


def participant_page(room: str, limit: int, cursor: str | None) -> Operation[models.ParticipantPage]:
    return Operation("GET", "/v1/rooms/{room}/participants", _reads(models.ParticipantPage), {"room": room},
                     query=_present(limit=limit, cursor=cursor))


def participant(room: str, participant: str) -> Operation[models.Participant]:
    return Operation("GET", PARTICIPANT, _reads(models.Participant), {"room": room, "participant": participant})


def invite(room: str, settings: bodies.InvitationSettings, key: str | None) -> Operation[models.Invitation]:
    return Operation("POST", "/v1/rooms/{room}/participants", _reads(models.Invitation), {"room": room},
                     headers=_key(key), json=settings)


def patch_participant(room: str, participant: str, patch: bodies.ParticipantSettings) -> Operation[models.Participant]:
    return Operation("PATCH", PARTICIPANT, _reads(models.Participant), {"room": room, "participant": participant}, json=patch)


def remove_participant(room: str, participant: str, reason: str | None, allow_rejoin: bool) -> Operation[None]:
    query = _present(reason=reason, allow_rejoin="true" if allow_rejoin else None)
    return Operation("DELETE", PARTICIPANT, _nothing, {"room": room, "participant": participant}, query=query)


def places(participant: str) -> Operation[models.PlacePage]:
    return Operation("GET", "/v1/participants/{participant}", _reads(models.PlacePage), {"participant": participant},
                     query={"limit": 100})


def announce(room: str, message: Mapping[str, Any], participants: Sequence[str] | None, key: str | None) -> Operation[models.Announced]:
    body = {"message": message} | ({} if participants is None else {"participants": participants})
    return Operation("POST", "/v1/rooms/{room}/announce", _reads(models.Announced), {"room": room}, headers=_key(key), json=body)


def moderate(room: str, order: bodies.Moderation, key: str | None) -> Operation[models.ModerationResults]:
    return Operation("POST", "/v1/rooms/{room}/moderate", _reads(models.ModerationResults), {"room": room}, headers=_key(key), json=order)


def ice_servers(room: str, participant: str) -> Operation[models.IceServers]:
    return Operation("GET", PARTICIPANT + "/ice-servers", _reads(models.IceServers), {"room": room, "participant": participant})


def open_session(room: str, participant: str, offer: str) -> Operation[models.Session]:
    def read(answer: httpx.Response) -> models.Session:
        return models.Session(answer.text, answer.headers.get("Location", ""), answer.headers.get("ETag", ""))

    return Operation("POST", PARTICIPANT + "/session", read, {"room": room, "participant": participant},
                     headers={"Content-Type": "application/sdp"}, text=offer)


def close_session(room: str, participant: str, session: str) -> Operation[None]:
    return Operation("DELETE", PARTICIPANT + "/session/{session}", _nothing,
                     {"room": room, "participant": participant, "session": session})


def event_page(after: int, limit: int, room: str | None, types: str | None, wait_s: int | None) -> Operation[models.EventPage]:
    return Operation("GET", "/v1/events", _reads(models.EventPage),
                     query=_present(after=after, limit=limit, room=room, types=types, wait_s=wait_s),
                     silent_s=SILENT_S if wait_s else None)


def event_stream(after: int, room: str | None, types: str | None) -> Operation[httpx.Response]:
    return Operation("GET", "/v1/events", lambda answer: answer, query=_present(after=after, room=room, types=types),
                     headers={"Accept": "text/event-stream"}, silent_s=SILENT_S)


def recording_page(room: str, limit: int, cursor: str | None) -> Operation[models.RecordingPage]:
    return Operation("GET", RECORDINGS, _reads(models.RecordingPage), {"room": room}, query=_present(limit=limit, cursor=cursor))


def start_recording(room: str, settings: bodies.RecordingSettings, key: str | None) -> Operation[models.Recording]:
    return Operation("POST", RECORDINGS, _reads(models.Recording), {"room": room}, headers=_key(key), json=settings)


def recording(room: str, recording: str) -> Operation[models.Recording]:
    return Operation("GET", RECORDINGS + "/{recording}", _reads(models.Recording), {"room": room, "recording": recording})


def stop_recording(room: str, recording: str) -> Operation[models.Recording]:
    return Operation("POST", RECORDINGS + "/{recording}/stop", _reads(models.Recording), {"room": room, "recording": recording})


def recording_file(room: str, recording: str, file: str, headers: Mapping[str, str]) -> Operation[httpx.Response]:
    return Operation("GET", RECORDINGS + "/{recording}/files/{file}", lambda answer: answer,
                     {"room": room, "recording": recording, "file": file}, headers=headers)


def delete_recording(room: str, recording: str) -> Operation[None]:
    return Operation("DELETE", RECORDINGS + "/{recording}", _nothing, {"room": room, "recording": recording})
