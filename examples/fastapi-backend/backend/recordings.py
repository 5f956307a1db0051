# SPDX-License-Identifier: Apache-2.0
"""Recordings of a room, for hosts: begun, ended, listed, and downloaded through this backend, which holds the API key."""
from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from veche_client import Recording

from .context import Context, context_of
from .login import host

#: What a player needs to seek.
ASKED = ("Range", "If-Range")
ANSWERED = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified")

router = APIRouter(prefix="/api/rooms/{room}/recordings", dependencies=[Depends(host)])


def shown(recording: Recording) -> dict[str, Any]:
    files = [{"name": file.name, "bytes": file.bytes} for file in recording.files]
    return {"id": recording.id, "state": recording.state, "started_at": recording.started_at, "duration_ms": recording.duration_ms,
            "files": files}


@router.get("")
async def list_recordings(room: str, context: Context = Depends(context_of)) -> list[dict[str, Any]]:
    return [shown(recording) async for recording in context.veche.recordings(room)]


@router.post("", status_code=201)
async def start(room: str, context: Context = Depends(context_of)) -> dict[str, Any]:
    return shown(await context.veche.start_recording(room, {"modes": ["mix"]}))


@router.post("/{recording}/stop")
async def stop(room: str, recording: str, context: Context = Depends(context_of)) -> dict[str, Any]:
    return shown(await context.veche.stop_recording(room, recording))


@router.get("/{recording}/files/{file}")
async def download(room: str, recording: str, file: str, request: Request, context: Context = Depends(context_of)) -> StreamingResponse:
    asked = {name: request.headers[name] for name in ASKED if name in request.headers}
    answer = await context.veche.recording_file(room, recording, file, asked)
    headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    headers["Content-Disposition"] = f'attachment; filename="{recording}-{file}"'
    return StreamingResponse(body_of(answer), answer.status_code, headers)


async def body_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    """As fast as the browser reads it, and no faster. Ends the download from Veche also where the browser goes away."""
    try:
        async for part in answer.aiter_raw():
            yield part
    finally:
        # Starlette cancels this when the browser goes away, and the connection to Veche has to be closed all the same.
        with anyio.CancelScope(shield=True):
            await answer.aclose()
