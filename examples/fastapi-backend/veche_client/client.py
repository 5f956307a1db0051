# SPDX-License-Identifier: Apache-2.0
"""The client for programs that block. async_client.py has the same methods for asyncio."""
from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from . import bodies, models, operations
from .errors import VecheError
from .event_reader import EventReader, Item, Transport
from .exchange import READYZ, TIMEOUT_S, Settings, is_done_already, parts_of, readiness_of, refusal_of, unreachable
from .operations import Operation
from .retries import RetryPolicy

T = TypeVar("T")


class Client:
    """A Veche server, called with an API key ("<id>.<secret>").

    Each method makes one call: it repeats what fails for a while (retries.py), and raises a VecheError. Several threads may share a
    client. `transport`, `sleep`, `clock` and `jitter` are for tests.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        policy: RetryPolicy = RetryPolicy(),
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = Settings(policy, clock, jitter)
        headers = {"Authorization": f"Bearer {key}"}
        # No proxy and no .netrc of the environment is meant for this server and this key.
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout_s, transport=transport, trust_env=False)
        self._sleep = sleep

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def call(self, operation: Operation[T]) -> T:
        """Sends it until it has an outcome. For operations that have no method here, such as those of your own plugin."""
        return operation.read(self._send(operation, stream=False))

    def _send(self, operation: Operation[T], stream: bool) -> httpx.Response:
        attempts = self._settings.attempts()
        while True:
            try:
                return self._attempt(operation, stream)
            except VecheError as failure:
                if is_done_already(operation, attempts, failure):
                    return httpx.Response(204)
                wait_s = attempts.wait_s(failure, self._settings.clock())
                if wait_s is None:
                    raise
            self._sleep(wait_s)

    def _attempt(self, operation: Operation[T], stream: bool) -> httpx.Response:
        try:
            answer = self._http.send(self._http.build_request(**parts_of(operation)), stream=stream)
            if answer.is_success:
                return answer
            answer.read()  # Which closes it, too.
        except httpx.HTTPError as error:
            raise unreachable(operation, error) from error
        raise refusal_of(operation.title, answer)

    def server(self) -> models.Server:
        return self.call(operations.server())

    def readiness(self, timeout_s: float = 1.0) -> models.Readiness:
        """Whether the server takes new participants now. One attempt, which fails as "unreachable" and not with an exception."""
        try:
            return readiness_of(self._http.get(READYZ, timeout=timeout_s))
        except httpx.HTTPError:
            return models.Readiness("unreachable")

    def capacity(self) -> models.Capacity:
        """How many more participants the server can carry."""
        return self.call(operations.capacity())

    def rooms(self, prefix: str | None = None) -> Iterator[models.Room]:
        """All rooms whose names begin so, page by page."""
        cursor: str | None = None
        while True:
            page = self.call(operations.room_page(prefix, 100, cursor))
            yield from page.rooms
            cursor = page.next_cursor
            if not cursor:
                return

    def room(self, room: str) -> models.Room:
        return self.call(operations.room(room))

    def put_room(self, room: str, policy: bodies.RoomPolicy | None = None, *, only_new: bool = False) -> models.Room:
        """Creates the room, or replaces its policy; with `only_new` a room that exists is PreconditionFailed."""
        return self.call(operations.put_room(room, policy or {}, only_new))

    def patch_room(self, room: str, patch: bodies.RoomPolicy) -> models.Room:
        return self.call(operations.patch_room(room, patch))

    def delete_room(self, room: str) -> None:
        """Ends the room for all in it; older join tokens of it are good no more."""
        self.call(operations.delete_room(room))

    def participants(self, room: str) -> Iterator[models.Participant]:
        """All participants of the room, page by page."""
        cursor: str | None = None
        while True:
            page = self.call(operations.participant_page(room, 100, cursor))
            yield from page.participants
            cursor = page.next_cursor
            if not cursor:
                return

    def participant(self, room: str, participant: str) -> models.Participant:
        return self.call(operations.participant(room, participant))

    def invite(self, room: str, settings: bodies.InvitationSettings, *, idempotency_key: str | None = None) -> models.Invitation:
        """Makes the participant and a join token. Calls with one `idempotency_key` are one invitation, also across processes."""
        return self.call(operations.invite(room, settings, idempotency_key))

    def patch_participant(self, room: str, participant: str, patch: bodies.ParticipantSettings) -> models.Participant:
        return self.call(operations.patch_participant(room, participant, patch))

    def mute(self, room: str, participant: str, muted: bool = True) -> models.Participant:
        """The backend's mute, which the participant cannot clear."""
        return self.patch_participant(room, participant, {"muted": muted})

    def remove_participant(self, room: str, participant: str, *, reason: str | None = None, allow_rejoin: bool = False) -> None:
        """Ends the participant's session; its older join tokens are good no more, unless with `allow_rejoin`."""
        self.call(operations.remove_participant(room, participant, reason, allow_rejoin))

    def places(self, participant: str) -> list[models.Place]:
        """The rooms in which a participant of that name is, 100 at most."""
        return self.call(operations.places(participant)).rooms

    def announce(
        self, room: str, message: Mapping[str, Any], participants: Sequence[str] | None = None, *, idempotency_key: str | None = None
    ) -> models.Announced:
        """Hands the object to the clients in the room, or to those of these participants."""
        return self.call(operations.announce(room, message, participants, idempotency_key))

    def moderate(self, room: str, order: bodies.Moderation, *, idempotency_key: str | None = None) -> list[models.ModerationResult]:
        """Mutes, unmutes or removes many at once. Each has an outcome of its own, which is an error of no call."""
        return self.call(operations.moderate(room, order, idempotency_key)).results

    def ice_servers(self, room: str, participant: str) -> list[models.IceServer]:
        """With fresh TURN credentials, for one offer."""
        return self.call(operations.ice_servers(room, participant)).ice_servers

    def open_session(self, room: str, participant: str, offer: str) -> models.Session:
        """Relays a client's offer (SDP), and returns the server's answer."""
        return self.call(operations.open_session(room, participant, offer))

    def close_session(self, room: str, participant: str, session: str) -> None:
        self.call(operations.close_session(room, participant, session))

    def events(
        self, after: int = 0, *, room: str | None = None, types: Sequence[str] | None = None, transport: Transport = "sse"
    ) -> Iterator[Item]:
        """The server's events after that id, for ever: over Server-Sent Events, or with `transport="poll"` by long polling.

        A connection that ends, or a server that restarts, is asked again from the last event on. A Reset stands where events are missing.
        Raises a VecheError where the server refuses for good.
        """
        reader = EventReader(after, room, types, self._settings)
        while True:
            try:
                yield from self._follow(reader) if transport == "sse" else self._poll(reader)
                wait_s = reader.ended()
            except VecheError as failure:
                wait_s = reader.failed(failure)
            self._sleep(wait_s)

    def event_page(
        self, after: int = 0, *, limit: int = 100, room: str | None = None, types: Sequence[str] | None = None
    ) -> models.EventPage:
        """What the log has now after that id, without waiting."""
        return self.call(operations.event_page(after, limit, room, ",".join(types) if types else None, None))

    def _poll(self, reader: EventReader) -> Iterator[Item]:
        while True:
            operation = reader.poll()
            yield from reader.take_page(operation.read(self._attempt(operation, stream=False)))

    def _follow(self, reader: EventReader) -> Iterator[Item]:
        operation = reader.stream()
        answer = self._attempt(operation, stream=True)
        try:
            for line in answer.iter_lines():
                yield from reader.take_line(line.rstrip("\r\n"))
        except httpx.HTTPError as error:
            raise unreachable(operation, error) from error
        finally:
            answer.close()

    def recordings(self, room: str) -> Iterator[models.Recording]:
        """The recordings of the room, the newest first, page by page."""
        cursor: str | None = None
        while True:
            page = self.call(operations.recording_page(room, 100, cursor))
            yield from page.recordings
            cursor = page.next_cursor
            if not cursor:
                return

    def start_recording(
        self, room: str, settings: bodies.RecordingSettings | None = None, *, idempotency_key: str | None = None
    ) -> models.Recording:
        return self.call(operations.start_recording(room, settings or {}, idempotency_key))

    def recording(self, room: str, recording: str) -> models.Recording:
        return self.call(operations.recording(room, recording))

    def stop_recording(self, room: str, recording: str) -> models.Recording:
        return self.call(operations.stop_recording(room, recording))

    def delete_recording(self, room: str, recording: str) -> None:
        self.call(operations.delete_recording(room, recording))

    def recording_file(self, room: str, recording: str, file: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """The file as an open answer, to read with `iter_bytes()`; the caller closes it. `headers` may ask for a `Range`."""
        return self._send(operations.recording_file(room, recording, file, headers or {}), stream=True)
