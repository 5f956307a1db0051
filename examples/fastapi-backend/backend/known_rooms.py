# SPDX-License-Identifier: Apache-2.0
"""The rooms, as Veche knows them and as this backend remembers them: a Veche that restarts has none, and rooms that fell back to a mesh go on."""
from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection

from veche_client import AsyncClient, Moderation, NotFound, PreconditionFailed, Room, RoomPolicy, Unreachable, VecheError

from .sfu_health import SfuHealth
from .store import KnownRoom, Store

#: Somebody waits for the room meanwhile; a server that takes longer counts as away.
ASK_S = 2.0
MOVED = "This room does not use the voice server any more. Reload the page"
#: At once, when a server is back.
CONCURRENT = 8


def policy_of(room: Room) -> RoomPolicy:
    policy: RoomPolicy = {"max_participants": room.max_participants, "empty_timeout_s": room.empty_timeout_s, "metadata": room.metadata}
    if "forwarding" in room.more:
        policy["forwarding"] = room.more["forwarding"]
    return policy


class KnownRooms:
    def __init__(self, veche: AsyncClient, store: Store, health: SfuHealth) -> None:
        self._veche = veche
        self._store = store
        self._health = health

    async def find(self, room: str) -> str:
        """Its incarnation. Raises NotFound, or, where Veche is away and the room is not remembered, Unreachable."""
        if self._health.is_up:
            try:
                return await asyncio.wait_for(self._ask(room), ASK_S)
            except (Unreachable, asyncio.TimeoutError):
                pass  # It has gone away just now.
        known = self._store.known(room)
        if known is None:
            raise Unreachable(f"{room}: the voice server is away")
        return known.incarnation

    def made_without_veche(self, room: str, policy: RoomPolicy) -> None:
        """Veche gets it when it is back."""
        self._store.know(KnownRoom(room, f"mesh-{uuid.uuid4()}", "", policy))

    def keep(self, room: Room) -> None:
        self._store.know(KnownRoom(room.id, room.incarnation, self._health.instance, policy_of(room)))

    async def _ask(self, room: str) -> str:
        try:
            found = await self._veche.room(room)
        except NotFound:
            known = self._store.known(room)
            # It may have restarted since the last probe.
            if known is not None and known.instance != (await self._veche.readiness()).instance:
                return await self._renew(known)
            self._store.forget(room)
            raise
        self.keep(found)
        return found.incarnation

    async def _renew(self, known: KnownRoom) -> str:
        """Makes it again, unless it is there. Tokens from before a removal are refused there again."""
        try:
            room = await self._veche.put_room(known.room, known.policy, only_new=True)
        except PreconditionFailed:
            room = await self._veche.room(known.room)
        self.keep(room)
        await self._enforce(known.room)
        return room.incarnation

    async def _enforce(self, room: str) -> None:
        """Removals and mutes that Veche has forgotten, or never heard of."""
        known = self._store.known(room)
        if known is None:
            return
        if removed := self._store.barred(room, known.incarnation):
            await self._veche.moderate(room, {"action": "remove", "participants": removed})
        if muted := self._store.muted(room, known.incarnation):
            await self._veche.moderate(room, {"action": "mute", "participants": muted})

    async def revoke(self, room: str, participant: str) -> None:
        """Its older tokens are refused, although it is not there."""
        await self._veche.moderate(room, {"action": "remove", "participants": [participant]})

    async def clear(self, room: str, but: Collection[str]) -> None:
        """Ends the sessions of all others, who may come back when the room does."""
        strangers = [each.id async for each in self._veche.participants(room) if each.id not in but]
        if strangers:
            order: Moderation = {"action": "remove", "participants": strangers, "reason": MOVED, "allow_rejoin": True}
            await self._veche.moderate(room, order)

    async def renew_all(self) -> None:
        """Veche is back: each room that is missing is made again, and in each hold the removals of meanwhile."""
        places = asyncio.Semaphore(CONCURRENT)

        async def renew(known: KnownRoom) -> None:
            async with places:
                try:
                    await (self._enforce(known.room) if known.instance == self._health.instance else self._renew(known))
                except NotFound:
                    self._store.forget(known.room)  # It has ended meanwhile.

        results = await asyncio.gather(*[renew(each) for each in self._store.known_rooms()], return_exceptions=True)
        for failure in results:
            if isinstance(failure, VecheError):
                raise failure
