# SPDX-License-Identifier: Apache-2.0
"""The place of one reader in the server's events: what it asks for next, what the answers give, and how long it waits between them."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal

import httpx

from . import models, operations
from .decode import decode
from .errors import ApiError, BadAnswer, VecheError
from .exchange import Settings
from .operations import Operation
from .retries import backoff_s, is_temporary
from .sse import Message, SseParser

Transport = Literal["sse", "poll"]
Item = models.Event | models.Reset
#: The longest that the server holds an empty page back.
POLL_WAIT_S = 25


class EventReader:
    """Reads no clock, and sends nothing: the clients do. It asks again after any failure that may pass."""

    def __init__(self, after: int, room: str | None, types: Sequence[str] | None, settings: Settings) -> None:
        #: The id of the last event that was handed out, or of the last that the server looked at.
        self.after = after
        self._room = room
        self._types = ",".join(types) if types else None
        self._settings = settings
        self._failures = 0
        self._parser = SseParser()

    def poll(self) -> Operation[models.EventPage]:
        """The next page, which the server holds back until there is an event."""
        return operations.event_page(self.after, 1000, self._room, self._types, POLL_WAIT_S)

    def stream(self) -> Operation[httpx.Response]:
        """A new connection for Server-Sent Events."""
        self._parser = SseParser()
        return operations.event_stream(self.after, self._room, self._types)

    def take_page(self, page: models.EventPage) -> Iterator[Item]:
        self._failures = 0
        if page.reset:
            yield models.Reset(self.after, page.oldest, page.newest)
        for event in page.events:
            self.after = event.id
            yield event
        self.after = page.next_after

    def take_line(self, line: str) -> Iterator[Item]:
        message = self._parser.feed(line)
        if message is None:
            return
        self._failures = 0
        if message.data:
            item = self._item_of(message)
            self._move_to(message.id)
            yield item
        else:
            self._move_to(message.id)

    def ended(self) -> float:
        """The server has ended the connection. Returns how long to wait before the next one, in seconds."""
        self._failures += 1
        wait_s = backoff_s(self._settings.policy, self._failures, self._settings.jitter())
        return wait_s if self._parser.retry_s is None else max(wait_s, self._parser.retry_s)

    def failed(self, failure: VecheError) -> float:
        """The same after a failure. Raises it where another attempt would fail too."""
        if not is_temporary(failure):
            raise failure
        wait_s = self.ended()
        if isinstance(failure, ApiError) and failure.retry_after_s is not None:
            wait_s = max(wait_s, failure.retry_after_s)
        return wait_s

    def _item_of(self, message: Message) -> Item:
        try:
            value = json.loads(message.data)
        except ValueError:
            raise BadAnswer(f"GET /v1/events: an event's data is no JSON: {message.data[:100]!r}") from None
        if message.event == "reset":
            bounds = decode(models.Bounds, value)
            return models.Reset(self.after, bounds.oldest, bounds.newest)
        return decode(models.Event, value)

    def _move_to(self, id: str) -> None:
        if id.isascii() and id.isdigit():
            self.after = int(id)
