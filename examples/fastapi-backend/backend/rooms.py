# SPDX-License-Identifier: Apache-2.0
"""Rooms, joining them, and what a host may do to the people in them."""
from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from veche_client import NotFound, Participant, PreconditionFailed, Room, join_token

from .attendance import visits_of
from .context import Context, context_of
from .login import host, signed_in
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


def shown_room(room: Room) -> dict[str, Any]:
    is_recorded = bool(room.notices.get("recording", {}).get("active"))
    return {"id": room.id, "topic": room.metadata.get("topic", ""), "participants": room.participants, "recorded": is_recorded}


def shown_participant(participant: Participant) -> dict[str, Any]:
    heard = [slot.participant for slot in participant.slot_state if slot.participant]
    return {"id": participant.id, "name": participant.name, "state": participant.state, "muted_by_host": participant.muted_by_backend,
            "muted_by_self": participant.muted_by_self, "hears": heard}


@router.get("")
async def list_rooms(user: User = Depends(signed_in), context: Context = Depends(context_of)) -> list[dict[str, Any]]:
    return [shown_room(room) async for room in context.veche.rooms()]


@router.post("", status_code=201)
async def create_room(new: NewRoom, user: User = Depends(host), context: Context = Depends(context_of)) -> dict[str, Any]:
    try:
        room = await context.veche.put_room(
            new.id, {"max_participants": new.max_participants, "empty_timeout_s": 3600, "metadata": {"topic": new.topic}}, only_new=True)
    except PreconditionFailed:
        raise Refused(409, f"There is a room {new.id} already") from None
    return shown_room(room)


@router.delete("/{room}", status_code=204)
async def delete_room(room: str, user: User = Depends(host), context: Context = Depends(context_of)) -> Response:
    await context.veche.delete_room(room)
    return Response(status_code=204)


@router.post("/{room}/join")
async def join(room: str, user: User = Depends(signed_in), context: Context = Depends(context_of)) -> dict[str, Any]:
    """What the voice page needs. It asks again for each attempt to join, so a token may be short-lived."""
    incarnation = (await context.veche.room(room)).incarnation
    ice_servers = await context.veche.ice_servers(room, user.id)
    # Nothing is awaited between this look and the token's time of issue. So a token that is made before a removal is older than it, and
    # Veche refuses it.
    refuse_barred(context, room, incarnation, user)
    token = join_token(context.settings.signing_key, room, user.id, ttl_s=TOKEN_S, name=user.name, attributes={"role": user.role})
    return {"server": context.settings.veche_public_url, "room": room, "participant": {"id": user.id, "name": user.name}, "token": token,
            "ice_servers": [server.as_json() for server in ice_servers]}


def refuse_barred(context: Context, room: str, incarnation: str, user: User) -> None:
    if user.id in context.store.barred(room, incarnation):
        raise Refused(403, "The host removed you from this room", type="/problems/participant-removed")


@router.get("/{room}/participants")
async def roster(room: str, user: User = Depends(signed_in), context: Context = Depends(context_of)) -> dict[str, Any]:
    """The people in the room, and for hosts those who may not come back."""
    incarnation = (await context.veche.room(room)).incarnation
    people = [shown_participant(each) async for each in context.veche.participants(room)]
    return {"participants": people, "removed": context.store.barred(room, incarnation) if user.is_host else []}


@router.patch("/{room}/participants/{participant}")
async def mute(
    room: str, participant: str, change: Mute, user: User = Depends(host), context: Context = Depends(context_of)
) -> dict[str, Any]:
    """The host's mute. It does not switch on a microphone that its owner has muted."""
    return shown_participant(await context.veche.mute(room, participant, change.muted))


@router.delete("/{room}/participants/{participant}", status_code=204)
async def remove(
    room: str, participant: str, reason: str = "", user: User = Depends(host), context: Context = Depends(context_of)
) -> Response:
    """Ends the participant's session, and gives it no further token until a host invites it back."""
    # In this order: no token is made any more when Veche begins to refuse the older ones.
    context.store.bar(room, (await context.veche.room(room)).incarnation, participant)
    try:
        await context.veche.remove_participant(room, participant, reason=reason or None)
    except NotFound:
        pass  # It has never been there, and stays away.
    return Response(status_code=204)


@router.post("/{room}/participants/{participant}/invitation", status_code=204)
async def invite_back(
    room: str, participant: str, user: User = Depends(host), context: Context = Depends(context_of)
) -> Response:
    """Lets a removed participant join again. Its old tokens stay refused; it gets a new one when it joins."""
    context.store.invite_back(room, (await context.veche.room(room)).incarnation, participant)
    return Response(status_code=204)


@router.get("/{room}/attendance")
async def attendance(room: str, user: User = Depends(host), context: Context = Depends(context_of)) -> dict[str, Any]:
    """Who was in the rooms of this name, from when to when, also after the room has ended. `gaps` tells what may be missing."""
    visits = [vars(visit) for visit in visits_of(context.store.events(room))]
    return {"visits": visits, "gaps": [vars(gap) for gap in context.store.gaps()]}
