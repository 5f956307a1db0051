# SPDX-License-Identifier: Apache-2.0
"""The pages: login and rooms, and below /voice the page of clients/web as it is in its folder."""
from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from .settings import HERE, Settings

PAGE = HERE / "page"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
#: What voice_page() changes in index.html.
CONNECT = "connect-src 'self'"
INVITATIONS = '<meta name="veche-invitations" content="">'


def voice_page(file: Path, veche_url: str) -> str:
    """The page, told that this backend invites, and allowed to call Veche on its origin. Behind one proxy both have one origin."""
    text = file.read_text(encoding="utf-8")
    if CONNECT not in text or INVITATIONS not in text:
        raise ValueError(f"{file} is not the voice page that this backend knows")
    socket_url = veche_url.replace("http", "ws", 1)
    text = text.replace(CONNECT, f"{CONNECT} {veche_url} {socket_url}")
    return text.replace(INVITATIONS, INVITATIONS.replace('content=""', 'content="/api/rooms/{room}/join"'))


def add_pages(app: FastAPI, settings: Settings) -> None:
    voice = voice_page(settings.voice_client / "index.html", settings.veche_public_url)
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers=HEADERS)

    @router.get("/voice/")
    async def voice_index() -> HTMLResponse:
        return HTMLResponse(voice)

    app.include_router(router)
    app.mount("/voice", StaticFiles(directory=settings.voice_client))
    app.mount("/page", StaticFiles(directory=PAGE))
