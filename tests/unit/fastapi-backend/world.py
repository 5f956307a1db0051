# SPDX-License-Identifier: Apache-2.0
"""A server that answers as it is told, and a clock that only sleeping moves, for both clients."""
import asyncio

import httpx

from veche_client import AsyncClient, Client, RetryPolicy

KINDS = ("sync", "async")
ROOM = {
    "id": "blue", "incarnation": "i1", "created_at": "2026-01-31T09:00:00.000Z", "max_participants": 50, "empty_timeout_s": 60,
    "media_path": "wire", "audio_packets_per_s": 100, "audio_bitrate_bps": 400000, "metadata": {"topic": "retro"}, "participants": 0,
    "notices": {}, "forwarding": {"max_speakers": 2},
}
PARTICIPANT = {
    "id": "ann", "name": "Ann", "metadata": {}, "muted": False, "pinned": [], "blocked": [], "muted_by_backend": False,
    "muted_by_self": False, "slots": {"audio": 0, "video": 0}, "permissions": {"publish": ["audio", "video"], "subscribe": True},
    "source_number": 7, "state": "connected", "tracks": [], "slot_state": [{"mid": "1", "kind": "audio", "participant": "bob", "track": 3}],
    "join_phases_ms": {"wait": 0, "ice": 1.5}, "joined_at": "2026-01-31T09:00:00.000Z",
}
INVITATION = {"participant": PARTICIPANT, "token": "T", "session_url": "/s", "events_url": "/e", "ice_servers": []}


def event(id, type="participant.joined", participant="ann", room="blue", incarnation="i1", seq=None, **data):
    envelope = {"id": id, "room": room, "incarnation": incarnation, "seq": seq or id, "time": f"2026-01-31T09:00:{id % 60:02}.500Z",
                "type": type, "data": data}
    return envelope | ({"participant": participant} if participant else {})


def problem(status, type="about:blank", **more):
    headers = more.pop("headers", {})
    body = {"type": type, "title": "No", "status": status, "detail": "because"} | more
    return httpx.Response(status, json=body, headers=headers | {"Content-Type": "application/problem+json"})


class Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in parts; an exception among them breaks the connection."""

    def __init__(self, *parts):
        self.parts = parts
        self.is_closed = False

    def __iter__(self):
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    async def __aiter__(self):
        for part in self:
            yield part

    def close(self):
        self.is_closed = True

    async def aclose(self):
        self.close()


class World:
    """`answers`: responses, exceptions, or functions of the request, one for each request."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.sleeps = []
        self.now_s = 1000.0

    def handle(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now_s += seconds

    async def sleep_async(self, seconds):
        self.sleep(seconds)

    def settings(self, **more):
        return {"transport": httpx.MockTransport(self.handle), "clock": lambda: self.now_s, "jitter": lambda: 0.0,
                "policy": RetryPolicy(attempts=5, first_s=0.25, longest_s=8, total_s=30)} | more

    def call(self, kind, method, *args, **named):
        """What that method of a client gives, or raises."""
        if kind == "sync":
            with Client("http://veche", "id.secret", sleep=self.sleep, **self.settings()) as client:
                return getattr(client, method)(*args, **named)
        return asyncio.run(self._call_async(method, args, named))

    async def _call_async(self, method, args, named):
        async with self.async_client() as client:
            return await getattr(client, method)(*args, **named)

    def async_client(self):
        return AsyncClient("http://veche", "id.secret", sleep=self.sleep_async, **self.settings())

    def take(self, kind, count, method, *args, **named):
        """The first `count` items of what iterates; the rest is closed. Without a count: all."""
        if kind == "sync":
            with Client("http://veche", "id.secret", sleep=self.sleep, **self.settings()) as client:
                items = []
                for item in getattr(client, method)(*args, **named):
                    items.append(item)
                    if len(items) == count:
                        break
                return items
        return asyncio.run(self._take_async(count, method, args, named))

    async def _take_async(self, count, method, args, named):
        async with self.async_client() as client:
            items = []
            generator = getattr(client, method)(*args, **named)
            async for item in generator:
                items.append(item)
                if len(items) == count:
                    break
            await generator.aclose()
            return items
