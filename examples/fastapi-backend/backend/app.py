# SPDX-License-Identifier: Apache-2.0
"""Puts the backend together: uvicorn --factory backend.app:make_app"""
from __future__ import annotations

import logging
import os
import sys
from typing import Any

from fastapi import FastAPI

from veche_client import AsyncClient

from . import admin, hooks, login, recordings, relay, rooms, signalling
from .attempts import AttemptLimit
from .context import Context
from .counters import Counters
from .follower import Follower
from .known_rooms import KnownRooms
from .pages import add_pages
from .problems import add_problems
from .settings import BadSettings, Settings
from .sfu_health import SfuHealth
from .sfu_watch import SfuWatch
from .store import Store
from .transports import Transports, changed
from .users import Users


def create_app(settings: Settings, veche: AsyncClient) -> FastAPI:
    """`veche` is closed with the application. Tests give it a transport of their own."""
    store = Store(settings.database)
    health = SfuHealth()
    follower = Follower(veche, store, health)
    counters = Counters()
    transports = Transports(changed(settings.rollout, store.rollout()), health, counters)
    known = KnownRooms(veche, store, health)
    watch = SfuWatch(veche, health, transports, known, follower.hurry)

    async def stop() -> None:
        await watch.stop()
        await follower.stop()
        await veche.aclose()
        store.close()

    app = FastAPI(title="A backend for voice rooms", on_startup=[watch.start, follower.start], on_shutdown=[stop], docs_url=None,
                  redoc_url=None)
    app.state.context = Context(
        settings, Users(settings.users), store, veche, AttemptLimit(), known, transports, watch, counters)
    for module in (login, rooms, relay, recordings, hooks, signalling, admin):
        app.include_router(module.router)
    add_problems(app)
    add_pages(app, settings)

    @app.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return {"status": "ok", "events": store.sources(), "position": store.position()}

    return app


def make_app() -> FastAPI:
    """With the settings of the environment."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.read(os.environ)
    except BadSettings as error:
        sys.exit(f"backend: {error}")
    return create_app(settings, AsyncClient(settings.veche_url, settings.veche_key))
