# SPDX-License-Identifier: Apache-2.0
"""Reads Server-Sent Events from lines, as the HTML standard defines them (section 9.2.6). Pure."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """`id` is "" where the message has none. Without `data` it is no event, and only says how far the stream has come."""

    event: str
    data: str
    id: str


class SseParser:
    """Takes the lines of one connection, one after the other."""

    def __init__(self) -> None:
        #: What the server asks for: how long to wait before the next connection.
        self.retry_s: float | None = None
        self._event, self._id = "", ""
        self._data: list[str] = []

    def feed(self, line: str) -> Message | None:
        """The message that this line ends, if it ends one. Lines come without their ends."""
        if line == "":
            message = Message(self._event or "message", "\n".join(self._data), self._id)
            self._clear()
            return message if message.data or message.id else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry_s = int(value) / 1000
        return None  # A comment, which begins with a colon, is a heartbeat.

    def _clear(self) -> None:
        self._event, self._id, self._data = "", "", []
