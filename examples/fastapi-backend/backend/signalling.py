# SPDX-License-Identifier: Apache-2.0
"""The signalling WebSocket: pages of one room find each other for a mesh, and are told which transport the room uses."""
from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from typing import Any

from fastapi import APIRouter, WebSocket

from .allowance import Allowance
from .context import Context
from .login import bearer_of, session_of
from .meeting import Meeting, Member
from .outbox import ENDED, NORMAL, POLICY, TOO_LARGE
from .problems import Refused
from .rooms import is_barred

log = logging.getLogger("backend")
#: A description with its candidates has some kilobytes. The server in front of this takes no more either: --ws-max-size.
LARGEST_MESSAGE_BYTES = 16 * 1024
MOST_CONNECTIONS = 2000
#: At once, and then each second. A page that meets seven others sends some thirty.
BURST, PER_S = 120, 20.0
#: A page that goes on after so many refusals is closed.
MOST_REFUSED = 200
#: Pages say something at least every 10 s.
SILENT_S = 40.0
#: For the last message, when the login has expired.
CLOSING_S = 1.0
PEER = re.compile(r"[A-Za-z0-9_-]{8,32}", re.ASCII)
TRANSPORTS = ("sfu", "mesh")

router = APIRouter()


@router.websocket("/api/rooms/{room}/mesh")
async def signalling(socket: WebSocket, room: str, peer: str = "") -> None:
    """`peer` is the page's own name for itself, random, which it keeps over reconnections."""
    context: Context = socket.app.state.context
    try:
        check_origin(socket, context)
        user, ends_unix_s = session_of(socket, context)
    except Refused as refused:
        context.counters.add("voice_backend_signalling_refused_total", reason="origin" if refused.status_code == 403 else "session")
        await socket.close()  # Before it was accepted: 403.
        return
    await socket.accept()
    reason = "invalid" if not PEER.fullmatch(peer) else ""
    if sum(len(each.members) for each in context.transports.meetings.values()) >= MOST_CONNECTIONS:
        reason = "busy"
    # Nothing is awaited between the look at removals and the entry, as in `join`.
    member = Member(user, peer)
    meeting = None if reason else enter(context, room, member)
    if meeting is None:
        reason = reason or member.refusal
        context.counters.add("voice_backend_signalling_refused_total", reason=reason)
        await socket.send_text(json.dumps({"type": "closing", "data": {"reason": reason, "detail": ""}}))
        await socket.close(ENDED)
        return
    await Connection(socket, context, meeting, member).run(ends_unix_s - time.time())


def check_origin(socket: WebSocket, context: Context) -> None:
    """The cookie is SameSite=Strict; this keeps other origins of the same site out, too. No page can send a bearer with a WebSocket."""
    if bearer_of(socket) is not None:
        return
    own = f"{'https' if context.settings.has_https else 'http'}://{socket.headers.get('Host', '')}"
    origin = socket.headers.get("Origin", "")
    if origin != own and origin not in context.settings.origins:
        raise Refused(403, "Not from this origin")


def enter(context: Context, room: str, member: Member) -> Meeting | None:
    """The room's meeting, with the page in it. None: member.refusal says why."""
    known = context.store.known(room)
    if known is None:
        member.refusal = "room_closed"
        return None
    if is_barred(context, room, known.incarnation, member.user):
        member.refusal = "removed"
        return None
    now_s = time.monotonic()
    try:
        decision = context.transports.for_join(room, member.user.id, TRANSPORTS, now_s)
    except Refused:
        member.refusal = "full"
        return None
    meeting = context.transports.meeting_of(room, context.store.muted(room, known.incarnation), decision, now_s)
    member.refusal = meeting.add(member)
    if member.refusal:
        return None
    context.transports.reconsider(now_s)
    return meeting


class Connection:
    """Reads and writes until one of both ends."""

    def __init__(self, socket: WebSocket, context: Context, meeting: Meeting, member: Member) -> None:
        self._socket = socket
        self._context = context
        self._meeting = meeting
        self._member = member
        self._allowance = Allowance(BURST, PER_S)
        self._has_left = False

    async def run(self, left_s: float) -> None:
        tasks = {asyncio.create_task(self._read()), asyncio.create_task(self._write())}
        try:
            ended, _ = await asyncio.wait(tasks, timeout=max(0.0, left_s), return_when=asyncio.FIRST_COMPLETED)
            if not ended:
                self._member.outbox.close(ENDED, "token_expired")
                await asyncio.wait(tasks, timeout=CLOSING_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    log.info("room=%s participant=%s the signalling ended: %r", self._meeting.room, self._member.user.id, outcome)
            self._end()

    def _end(self) -> None:
        if self._has_left:
            self._meeting.leave(self._member)
        else:
            self._meeting.lose(self._member, time.monotonic())
        self._context.transports.reconsider(time.monotonic())

    async def _write(self) -> None:
        outbox = self._member.outbox
        while (text := await outbox.next()) is not None:
            await self._socket.send_text(text)
        await self._socket.close(outbox.close_code or NORMAL)

    async def _read(self) -> None:
        while True:
            message = await asyncio.wait_for(self._socket.receive(), SILENT_S)
            if message["type"] != "websocket.receive":
                # A page that goes away says so by its close code; a connection that breaks does not.
                self._has_left = message.get("code") in (1000, 1001)
                return
            text = message.get("text") or ""
            if len(text) > LARGEST_MESSAGE_BYTES:
                self._refuse("large")
            elif not self._allowance.take(time.monotonic()):
                self._refuse("rate")
            else:
                self._take(text)

    def _refuse(self, reason: str) -> None:
        self._context.counters.add("voice_backend_signalling_refused_total", reason=reason)
        if reason == "large":
            self._member.outbox.close(TOO_LARGE, "policy_violation", f"at most {LARGEST_MESSAGE_BYTES} bytes")
        elif self._allowance.refused > MOST_REFUSED:
            self._member.outbox.close(POLICY, "policy_violation", "too many messages")

    def _take(self, text: str) -> None:
        """One message: {"type", "data"}. What is not understood is counted, and left."""
        try:
            message = json.loads(text)
            type, data = message["type"], message.get("data", {})
            is_understood = isinstance(data, dict) and self._do(type, data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            is_understood = False
        self._context.counters.add("voice_backend_signalling_messages_total")
        if not is_understood:
            self._refuse("invalid")

    def _do(self, type: str, data: dict[str, Any]) -> bool:
        if type == "signal":
            return self._meeting.relay(self._member, data) or True  # That page may just have gone.
        if type == "mute":
            self._meeting.mute_itself(self._member, data["muted"] is True)
        elif type == "using" and data["transport"] in TRANSPORTS:
            if not isinstance(data["number"], int):
                return False
            self._meeting.use(self._member, data["transport"], data["number"])
            self._context.transports.count_gap(data.get("gap_ms"))
        elif type == "unreachable":
            self._context.watch.hurry()
            self._context.transports.report(self._meeting, self._member, time.monotonic())
        elif type == "leave":
            self._has_left = True
            self._member.outbox.close(NORMAL)
        elif type == "ping":
            self._member.outbox.put("pong")
        else:
            return False
        return True
