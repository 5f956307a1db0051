# SPDX-License-Identifier: Apache-2.0
"""SDP over this backend's own signalling, for clients that do not reach Veche's API: the backend posts their offers with its API key.

Media still flows between client and Veche alone. Such a client has no WebSocket of Veche, and learns of the room from this backend.
"""
from __future__ import annotations

import time

from fastapi import APIRouter, Depends, Request, Response

from veche_client import NotFound

from .context import Context, context_of
from .login import signed_in
from .problems import Refused
from .rooms import refuse_barred
from .users import User

#: As Veche's own limit.
LARGEST_OFFER_BYTES = 65536

router = APIRouter(prefix="/api/rooms/{room}/session")


async def body_of(request: Request, most_bytes: int) -> bytes:
    """413 for a larger one, without reading all of it."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise Refused(413, f"At most {most_bytes} bytes")
    return body


@router.post("", status_code=201)
async def open_session(
    room: str, request: Request, user: User = Depends(signed_in), context: Context = Depends(context_of)
) -> Response:
    """Takes an offer (application/sdp), and answers with the answer. `Location` ends the session."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/sdp":
        raise Refused(415, "Send the offer as application/sdp")
    offer = (await body_of(request, LARGEST_OFFER_BYTES)).decode(errors="replace")
    incarnation = await context.known.find(room)
    refuse_barred(context, room, incarnation, user)
    context.transports.for_join(room, user.id, ["sfu"], time.monotonic())
    await context.veche.invite(room, {"id": user.id, "name": user.name, "attributes": {"role": user.role}})
    session = await context.veche.open_session(room, user.id, offer)
    try:
        refuse_barred(context, room, incarnation, user)
    except Refused:
        # A host removed the participant meanwhile, and an API key is affected by no removal.
        await context.veche.remove_participant(room, user.id)
        raise
    location = f"/api/rooms/{room}/session/{session.location.rpartition('/')[2]}"
    return Response(session.answer, 201, {"Location": location}, "application/sdp")


@router.delete("/{session}", status_code=204)
async def close_session(
    room: str, session: str, user: User = Depends(signed_in), context: Context = Depends(context_of)
) -> Response:
    try:
        await context.veche.close_session(room, user.id, session)
    except NotFound:
        pass  # It has ended already.
    return Response(status_code=204)
