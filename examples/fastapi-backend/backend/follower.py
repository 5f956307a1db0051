# SPDX-License-Identifier: Apache-2.0
"""Reads from the server's log what no webhook has brought: at start what happened meanwhile, and then now and again."""
from __future__ import annotations

import asyncio
import logging
import time

from veche_client import AsyncClient, Unreachable, VecheError

from .attendance import TYPES
from .recurring import Recurring
from .sfu_health import SfuHealth
from .store import Store

log = logging.getLogger("backend")
PAGE = 500
#: Webhooks bring events at once. This bounds how long one is missing that could not be delivered.
INTERVAL_S = 60.0
#: A backend that cannot reach Veche at its start goes on without what it missed, and asks again later.
START_S = 5.0


class Follower:
    """Webhooks of different rooms overtake each other, so only this moves the position from which the log is read next."""

    def __init__(self, veche: AsyncClient, store: Store, health: SfuHealth) -> None:
        self._veche = veche
        self._store = store
        self._health = health
        self._turns = Recurring("reading the log of events", self._read_on, lambda: INTERVAL_S)

    async def start(self) -> None:
        """Catches up before the first request is answered, if that takes no longer than START_S."""
        try:
            if not self._health.is_up:
                raise Unreachable("it is away")
            await asyncio.wait_for(self.catch_up(), START_S)
        except (VecheError, asyncio.TimeoutError) as error:
            log.warning("events of the past are missing until Veche answers: %s", str(error) or "it takes too long")
        self._turns.start()

    async def stop(self) -> None:
        await self._turns.stop()

    def hurry(self) -> None:
        """Veche is back, and has something to tell of its end."""
        self._turns.hurry()

    async def catch_up(self) -> int:
        """Reads the log to its end. Returns how many events that gave."""
        count = 0
        while True:
            page = await self._veche.event_page(self._store.position() or 0, limit=PAGE, types=TYPES)
            if page.reset and self._store.position() is not None:
                log.error("events after %d are lost: the server's log begins with %d", self._store.position(), page.oldest)
            self._store.take_page(page, time.time())
            count += len(page.events)
            if page.next_after >= page.newest:
                return count

    async def _read_on(self) -> None:
        try:
            await self.catch_up()
            self._store.forget_old(time.time())
        except VecheError as error:
            log.warning("the log of events cannot be read now: %s", error)
