# SPDX-License-Identifier: Apache-2.0
"""What the handlers of one application share."""
from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from veche_client import AsyncClient

from .attempts import AttemptLimit
from .counters import Counters
from .known_rooms import KnownRooms
from .settings import Settings
from .sfu_watch import SfuWatch
from .store import Store
from .transports import Transports
from .users import Users


@dataclass(frozen=True)
class Context:
    settings: Settings
    users: Users
    store: Store
    veche: AsyncClient
    attempts: AttemptLimit
    known: KnownRooms
    transports: Transports
    watch: SfuWatch
    counters: Counters


async def context_of(request: Request) -> Context:
    return cast(Context, request.app.state.context)
