# SPDX-License-Identifier: Apache-2.0
"""Rooms, joining them, and what a host may do to the people in them."""
from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from veche_client import NotFound, Participant, PreconditionFailed, Room, RoomPolicy, Unreachable, join_token

from .attendance import visits_of
from .context import Context, context_of
from .known_rooms import ASK_S
from .login import host, signed_in
from .meeting import Meeting, Member
from .problems import Refused
from .users import User

NAME = r"^(?!\.{1,2}$)[A-Za-z0-9_.~-]{1,64}$"
#: A page asks for a new token before this one expires, and after each lost connection.
TOKEN_S = 3600

router = APIRouter(prefix="/api/rooms")


class NewRoom(BaseModel):
    id: str = Field(regex=NAME)
    topic: str = Field("", max_length=200)
    max_participants: int = Field(50, ge=1, le=200)


class Mute(BaseModel):
    muted: bool


class Wish(BaseModel):
    """`transports`: what the page can use. One that says nothing is a page for the SFU alone."""

    transports: list[Literal["sfu", "mesh"]] = Field(["sfu"], min_items=1, max_items=2)


def shown_room(room: Room) -> dict[str, Any]:
    is_recorded = bool(room.notices.get("recording", {}).get("active"))
    return {"id": room.id, "topic": room.metadata.get("topic", ""), "participants": room.participants, "recorded": is_recorded}


def shown_participant(participant: Participant) -> dict[str, Any]:
    heard = [slot.participant for slot in participant.slot_state if slot.participant]
    return {"id": participant.id, "name": participant.name, "state": participant.state, "muted_by_host": participant.muted_by_backend,
            "muted_by_self": participant.muted_by_self, "hears": heard}


def shown_member(meeting: Meeting, member: Member) -> dict[str, Any]:
    """One that is in a mesh: it hears all others there that are not muted."""
    heard = [each.user.id for each in meeting.members.values()
             if each is not member and each.uses == "mesh" and each.user.id not in meeting.muted and not each.mutes_itself]
    return {"id": member.user.id, "name": member.user.name, "state": "connected" if member.uses == "mesh" else "connecting",
            "muted_by_host": member.user.id in meeting.muted, "muted_by_self": member.mutes_itself, "hears": heard}


@router.get("")
async def list_rooms(user: User = Depends(signed_in), context: Context = Depends(context_of)) -> list[dict[str, Any]]:
    """Those of Veche, and those that it does not have while it is away, or because it has just come back."""
    health = context.transports.health
    rooms = {room.id: shown_room(room) async for room in context.veche.rooms()} if health.is_up else {}
    for known in context.store.known_rooms():
        if not health.is_up or known.instance != health.instance:
            topic = (known.policy.get("metadata") or {}).get("topic", "")
            rooms.setdefault(known.room, {"id": known.room, "topic": topic, "participants": 0, "recorded": False})
    for room, meeting in context.transports.meetings.items():
        if room in rooms:
            rooms[room]["participants"] = max(rooms[room]["participants"], len(meeting.members))
    return list(rooms.values())


@router.post("", status_code=201)
async def create_room(new: NewRoom, user: User = Depends(host), context: Context = Depends(context_of)) -> dict[str, Any]:
    policy: RoomPolicy = {"max_participants": new.max_participants, "empty_timeout_s": 3600, "metadata": {"topic": new.topic}}
    if not context.transports.health.is_up:
        if context.store.known(new.id):
            raise Refused(409, f"There is a room {new.id} already")
        context.known.made_without_veche(new.id, policy)
        return {"id": new.id, "topic": new.topic, "participants": 0, "recorded": False}
    try:
        room = await context.veche.put_room(new.id, policy, only_new=True)
    except PreconditionFailed:
        raise Refused(409, f"There is a room {new.id} already") from None
    context.store.forget(new.id)  # An earlier one of that name has ended.
    context.known.keep(room)
    return shown_room(room)


@router.delete("/{room}", status_code=204)
async def delete_room(room: str, user: User = Depends(host), context: Context = Depends(context_of)) -> Response:
    is_known = context.store.known(room) is not None
    context.store.forget(room)
    meeting = context.transports.meetings.pop(room, None)
    try:
        if context.transports.health.is_up or not is_known:
            await context.veche.delete_room(room)
    except NotFound:
        if not is_known:
            raise
    finally:
        if meeting:  # After Veche: a page that hears of it first leaves, and its visit would end with "left".
            meeting.close("room_closed")
    return Response(status_code=204)


@router.post("/{room}/join")
async def join(
    room: str, wish: Wish = Wish(), user: User = Depends(signed_in), context: Context = Depends(context_of)
) -> dict[str, Any]:
    """What the voice page needs, and which transport the room uses. It asks again for each attempt to join, so a token may be short-lived."""
    incarnation = await context.known.find(room)
    ice_servers = await ice_servers_of(context, room, user)
    # Nothing is awaited between this look and the token's time of issue. So a token that is made before a removal is older than it, and
    # Veche refuses it.
    refuse_barred(context, room, incarnation, user)
    decision = context.transports.for_join(room, user.id, wish.transports, time.monotonic())
    is_muted = user.id in context.store.muted(room, incarnation)
    token = None if decision.transport == "mesh" else join_token(
        context.settings.signing_key, room, user.id, ttl_s=TOKEN_S, name=user.name, attributes={"role": user.role}, muted=is_muted or None)
    return {"server": context.settings.veche_public_url, "room": room, "participant": {"id": user.id, "name": user.name}, "token": token,
            "ice_servers": ice_servers, "transport": decision.transport, "reason": decision.reason, "signalling": f"/api/rooms/{room}/mesh"}


async def ice_servers_of(context: Context, room: str, user: User) -> list[dict[str, Any]]:
    """Veche's, whose TURN servers also serve a mesh; while it is away those of the settings."""
    if context.transports.health.is_up:
        try:
            servers = await asyncio.wait_for(context.veche.ice_servers(room, user.id), ASK_S)
            return [server.as_json() for server in servers]
        except (Unreachable, asyncio.TimeoutError):
            context.watch.hurry()
    return context.settings.mesh_ice_servers


def is_barred(context: Context, room: str, incarnation: str, user: User) -> bool:
    return user.id in context.store.barred(room, incarnation)


def refuse_barred(context: Context, room: str, incarnation: str, user: User) -> None:
    if is_barred(context, room, incarnation, user):
        raise Refused(403, "The host removed you from this room", type="/problems/participant-removed")


@router.get("/{room}/participants")
async def roster(room: str, user: User = Depends(signed_in), context: Context = Depends(context_of)) -> dict[str, Any]:
    """The people in the room, and for hosts those who may not come back."""
    incarnation = await context.known.find(room)
    people: dict[str, dict[str, Any]] = {}
    if context.transports.health.is_up:
        people = {each.id: shown_participant(each) async for each in context.veche.participants(room)}
    meeting = context.transports.meetings.get(room)
    if meeting and meeting.decision.transport == "mesh":
        people |= {member.user.id: shown_member(meeting, member) for member in meeting.members.values()}
    return {"participants": list(people.values()), "removed": context.store.barred(room, incarnation) if user.is_host else []}


@router.patch("/{room}/participants/{participant}")
async def mute(
    room: str, participant: str, change: Mute, user: User = Depends(host), context: Context = Depends(context_of)
) -> dict[str, Any]:
    """The host's mute. It does not switch on a microphone that its owner has muted."""
    context.store.mute(room, await context.known.find(room), participant, change.muted)
    meeting = context.transports.meetings.get(room)
    member = meeting.members.get(participant) if meeting else None
    if meeting:
        meeting.mute(participant, change.muted)
    try:
        if context.transports.health.is_up:
            return shown_participant(await context.veche.mute(room, participant, change.muted))
    except (NotFound, Unreachable):
        if not member:
            raise
    if not meeting or not member:
        raise Refused(404, f"There is no {participant} in this room")
    return shown_member(meeting, member)


@router.delete("/{room}/participants/{participant}", status_code=204)
async def remove(
    room: str, participant: str, reason: str = "", user: User = Depends(host), context: Context = Depends(context_of)
) -> Response:
    """Ends the participant's session, and gives it no further token until a host invites it back."""
    # In this order: no token is made any more when Veche begins to refuse the older ones.
    context.store.bar(room, await context.known.find(room), participant)
    try:
        if context.transports.health.is_up:
            await context.veche.remove_participant(room, participant, reason=reason or None)
    except NotFound:
        with contextlib.suppress(NotFound):
            await context.known.revoke(room, participant)  # It is not there now, and has perhaps been before.
    except Unreachable:
        context.watch.hurry()  # What it missed it is told when it is back.
    finally:
        if meeting := context.transports.meetings.get(room):  # After Veche, as in delete_room().
            meeting.remove(participant, "removed", reason)
    return Response(status_code=204)


@router.post("/{room}/participants/{participant}/invitation", status_code=204)
async def invite_back(
    room: str, participant: str, user: User = Depends(host), context: Context = Depends(context_of)
) -> Response:
    """Lets a removed participant join again. Its old tokens stay refused; it gets a new one when it joins."""
    context.store.invite_back(room, await context.known.find(room), participant)
    return Response(status_code=204)


@router.get("/{room}/attendance")
async def attendance(room: str, user: User = Depends(host), context: Context = Depends(context_of)) -> dict[str, Any]:
    """Who was in the rooms of this name, from when to when, also after the room has ended. `gaps` tells what may be missing."""
    visits = [vars(visit) for visit in visits_of(context.store.events(room))]
    return {"visits": visits, "gaps": [vars(gap) for gap in context.store.gaps()]}
