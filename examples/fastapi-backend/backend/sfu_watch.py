# SPDX-License-Identifier: Apache-2.0
"""Asks the SFU again and again whether it is there, makes its rooms again when it comes back without them, and has rooms decide anew."""
from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from veche_client import AsyncClient, VecheError

from .known_rooms import KnownRooms
from .recurring import Recurring
from .sfu_health import SfuHealth
from .transports import Transports

log = logging.getLogger("backend")
INTERVAL_S = 0.5
#: After a probe that failed.
AGAIN_S = 0.2
PROBE_S = 1.0


class SfuWatch:
    """`on_found` is called each time that the SFU is there again, after it was away."""

    def __init__(
        self, veche: AsyncClient, health: SfuHealth, transports: Transports, known: KnownRooms, on_found: Callable[[], None]
    ) -> None:
        self._veche = veche
        self._health = health
        self._transports = transports
        self._known = known
        self._on_found = on_found
        self._turns = Recurring("watching the voice server", self._check, lambda: INTERVAL_S if health.lost_at_s is None else AGAIN_S)
        self._renewed = ""  # The server's run for which all rooms have been made.

    async def start(self) -> None:
        """With the answer to a first probe, so that the first to join is not sent to a server that is away."""
        await self._check()
        self._turns.start()

    async def stop(self) -> None:
        await self._turns.stop()

    def hurry(self) -> None:
        """A request has failed, or a page does not reach the SFU: asks at once."""
        self._turns.hurry()

    async def _check(self) -> None:
        was_up = self._health.is_up
        found = await self._veche.readiness(PROBE_S)
        self._health.take(found, time.monotonic())
        if self._health.is_up != was_up:
            log.warning("the voice server is %s", "there" if self._health.is_up else "away")
            if self._health.is_up and self._turns.has_started:
                self._on_found()
        if not self._health.is_up:
            self._renewed = ""
        elif self._renewed != self._health.instance and await self._renew():
            self._renewed = self._health.instance
        self._transports.tick(time.monotonic())
        await self._clear()

    async def _clear(self) -> None:
        """Nobody talks with pages that stay at the SFU when their room has left it: they are told, and not left in silence."""
        while self._transports.left:
            room = self._transports.left.pop()
            meeting = self._transports.meetings.get(room)
            if meeting and meeting.decision.transport == "mesh":
                try:
                    await asyncio.wait_for(self._known.clear(room, meeting.members.keys()), PROBE_S)
                except (VecheError, asyncio.TimeoutError) as error:
                    log.warning("room=%s pages may have stayed at the voice server: %s", room, str(error) or "it takes too long")

    async def _renew(self) -> bool:
        """Before rooms return to it. It has forgotten whom hosts removed, and may not have heard of it either."""
        try:
            await asyncio.wait_for(self._known.renew_all(), 10 * PROBE_S)
            return True
        except (VecheError, asyncio.TimeoutError) as error:
            log.warning("the rooms cannot be made again yet: %s", str(error) or "it takes too long")
            return False
