# SPDX-License-Identifier: Apache-2.0
"""The people of one room at this backend's signalling: who they are, what they are told, and which transport their pages use. Reads no clock."""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .outbox import ENDED, Outbox
from .rollout import Decision, Transport
from .users import User

#: A page whose connection broke may come back within this time; the others keep their connections to it meanwhile.
GRACE_S = 10.0
#: A switch ends when all have made it, or after this.
SETTLE_S = 10.0
#: Pages find their way back to a backend that has restarted within this time. Until then it does not know who uses what.
FIRST_S = 5.0
#: What a page may send another page.
RELAYED = ("call", "description", "candidates", "restart")


class Member:
    """One page. `peer` is the page's own name, which it keeps when its connection breaks."""

    def __init__(self, user: User, peer: str) -> None:
        self.user = user
        self.peer = peer
        self.outbox = Outbox()
        self.refusal = ""  # Why it did not get in.
        self.mutes_itself = False
        self.uses: Transport | None = None
        self.number = 0  # Of the switch that it has made last.
        self.unreachable_at_s: float | None = None  # When it told that it cannot reach the SFU.
        self.lost_at_s: float | None = None  # When its connection broke.


class Meeting:
    """`decision` and `number` change together, in `switch`; `settled` says that nobody uses the former transport any more."""

    def __init__(self, room: str, decision: Decision, muted: list[str], now_s: float) -> None:
        self.room = room
        self.decision = decision
        self.muted = set(muted)
        self.members: dict[str, Member] = {}
        self.number = 1
        self.since_s = now_s
        self.settled = False
        self.has_mesh = decision.transport == "mesh"
        self._settles_at_s = now_s + FIRST_S
        #: Called with the members that are left out of a switch, and the time.
        self.on_settled: Callable[[list[Member], float], None] = lambda missing, at_s: None

    # Who is there.

    def add(self, member: Member) -> str:
        """'' or why the page is refused. Another page of the same person gives way; the same page takes its place again."""
        name = member.user.id
        if any(each.peer == member.peer and each.user.id != name for each in self.members.values()):
            return "policy_violation"
        former = self.members.get(name)
        self.members[name] = member
        if former is not None:
            former.outbox.close(ENDED, "replaced")
            if former.peer == member.peer:
                member.uses, member.number, member.mutes_itself = former.uses, former.number, former.mutes_itself
        member.outbox.put("snapshot", {"self": self.entry(member), "transport": self.told(), "roster": self.roster()})
        self._tell_roster({"changed" if former else "joined": [self.entry(member)]}, but=member)
        return ""

    def leave(self, member: Member) -> None:
        """The page said that it goes, or has been away for too long."""
        if self.members.get(member.user.id) is not member:
            return
        del self.members[member.user.id]
        self._tell_roster({"left": [member.user.id]})

    def lose(self, member: Member, now_s: float) -> None:
        """Its connection broke."""
        if self.members.get(member.user.id) is member:
            member.lost_at_s = now_s
            self._tell_roster({"changed": [self.entry(member)]})

    def remove(self, participant: str, reason: str, detail: str = "") -> None:
        member = self.members.get(participant)
        if member is not None:
            self.leave(member)
            member.outbox.close(ENDED, reason, detail)

    def mute(self, participant: str, muted: bool) -> None:
        """By the host: its own page is told, and so are the others, which do not play it."""
        (self.muted.add if muted else self.muted.discard)(participant)
        if participant in self.members:
            self._tell_roster({"changed": [self.entry(self.members[participant])]})

    # What pages say.

    def mute_itself(self, member: Member, muted: bool) -> None:
        if muted != member.mutes_itself:
            member.mutes_itself = muted
            self._tell_roster({"changed": [self.entry(member)]})

    def relay(self, member: Member, data: dict[str, Any]) -> bool:
        """To a page of this room, and to no other. False: it is not there."""
        for each in self.members.values():
            if each.peer == data.get("to") and each is not member:
                each.outbox.put("signal", {"from": member.peer} | {name: data[name] for name in RELAYED if name in data})
                return True
        return False

    def use(self, member: Member, transport: Transport, number: int) -> None:
        """The page sends and plays by that transport."""
        member.uses = transport
        member.number = number
        if transport == "sfu":
            member.unreachable_at_s = None

    # Which transport.

    def switch(self, decision: Decision, because: str, now_s: float, lost_s: float = 0) -> None:
        """Tells all pages. With the same transport only the reason is new. `lost_s`: for how long the former one has not worked."""
        is_new = decision.transport != self.decision.transport
        self.decision = decision
        if is_new:
            self.number += 1
            self.since_s = now_s
            self._settles_at_s = now_s
            self.settled = False
            self.has_mesh = True  # One of the two is the mesh.
        self._tell(json.dumps({"type": "transport", "data": self.told() | {
            "because": because, "lost_ms": round(1000 * lost_s), "roster": self.roster()}}))

    def tick(self, now_s: float) -> None:
        for member in [each for each in self.members.values() if each.lost_at_s is not None and now_s - each.lost_at_s >= GRACE_S]:
            self.leave(member)
        if self.settled or now_s < self._settles_at_s:
            return
        missing = [each for each in self.members.values() if not self._has_switched(each)]
        if missing and now_s - self.since_s < SETTLE_S:
            return
        self.settled = True
        self.has_mesh = self.decision.transport == "mesh"
        self._tell(json.dumps({"type": "settled", "data": {"number": self.number, "missing": [each.user.id for each in missing]}}))
        self.on_settled(missing, now_s)

    def _has_switched(self, member: Member) -> bool:
        return member.lost_at_s is not None or (member.uses == self.decision.transport and member.number == self.number)

    # What pages are told.

    def told(self) -> dict[str, Any]:
        return {"transport": self.decision.transport, "reason": self.decision.reason, "number": self.number, "settled": self.settled}

    def entry(self, member: Member) -> dict[str, Any]:
        """As in Veche's own roster, and `peer`, to which signals go."""
        name = member.user.id
        is_muted = name in self.muted
        return {"participant": name, "name": member.user.name, "metadata": {}, "attributes": {"role": member.user.role}, "peer": member.peer,
                "connected": member.lost_at_s is None, "muted": is_muted or member.mutes_itself, "muted_by_backend": is_muted,
                "muted_by_self": member.mutes_itself, "permissions": {"publish": ["audio"], "subscribe": True}}

    def roster(self) -> list[dict[str, Any]] | None:
        """None while no mesh needs it: the SFU has a roster of its own, which may be large."""
        return [self.entry(each) for each in self.members.values()] if self.has_mesh else None

    def _tell_roster(self, change: dict[str, Any], but: Member | None = None) -> None:
        if self.has_mesh:
            self._tell(json.dumps({"type": "roster", "data": change}), but)

    def _tell(self, text: str, but: Member | None = None) -> None:
        for each in list(self.members.values()):
            if each is not but and each.lost_at_s is None:
                each.outbox.put_text(text)

    def close(self, reason: str) -> None:
        """The room has ended."""
        for participant in list(self.members):
            self.remove(participant, reason)
