# SPDX-License-Identifier: Apache-2.0
"""Decides for each room with people in it which transport it uses, tells their pages, and counts what came of it. Takes the time; reads no clock."""
from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from .counters import Counters, Labels
from .meeting import Meeting, Member
from .problems import Refused
from .rollout import Decision, Policy, Sfu, Transport, decide, is_full
from .sfu_health import SfuHealth

log = logging.getLogger("backend")
#: Rooms that go to the SFU in one tick. Each of their people makes an offer.
RETURNS = 20
#: A page's word that it cannot reach the SFU counts for this long, unless it says something else.
REPORT_S = 15.0
#: A room whose pages do not reach an SFU that the backend reaches tries again after this, doubled each time.
HOLD_S = 30.0
LONGEST_HOLD_S = 600.0
#: What is measured of a switch, by its reason.
TIMES = {"sfu-unreachable": "fallback", "sfu-returned": "return"}
LONG_GAP_MS = 200
#: What a page says of itself is believed up to this.
LONGEST_GAP_MS = 60_000


class Transports:
    def __init__(self, policy: Policy, health: SfuHealth, counters: Counters) -> None:
        self.policy = policy
        self.health = health
        self.counters = counters
        self.meetings: dict[str, Meeting] = {}
        #: Rooms that have gone to the mesh from an SFU that works. Pages that know the SFU alone are still there.
        self.left: set[str] = set()
        self._begun: dict[str, tuple[str, float]] = {}  # room -> (the reason of a switch that is under way, when that came up)
        self._holds: dict[str, tuple[float, float]] = {}  # room -> (until when it distrusts the SFU, for how long)

    # Decisions.

    def for_join(self, room: str, participant: str, can: Collection[str], now_s: float) -> Decision:
        """Of a page that asks to join. Raises Refused where it cannot: the room's transport is none of those that it `can`, or the mesh is full."""
        meeting = self.meetings.get(room)
        others = sum(name != participant for name in meeting.members) if meeting else 0
        decision = self._decide(room, others + 1, meeting, now_s)
        if decision.transport not in can:
            if decision.reason == "sfu-unreachable":
                raise Refused(503, "The voice server does not answer", headers={"Retry-After": "2"})
            raise Refused(409, "This room does not use the voice server now. Reload the page", type="/problems/room-uses-mesh")
        if is_full(self.policy, decision, others + 1):
            raise Refused(503, f"The room is full: {self.policy.mesh_limit} people can talk without the voice server", headers={"Retry-After": "10"})
        return decision

    def meeting_of(self, room: str, muted: list[str], decision: Decision, now_s: float) -> Meeting:
        """Made by the first one that comes, with the decision of its join."""
        if room not in self.meetings:
            self.meetings[room] = meeting = Meeting(room, decision, muted, now_s)
            meeting.on_settled = lambda missing, at_s: self._settled(meeting, missing, at_s)
        return self.meetings[room]

    def change_policy(self, policy: Policy, now_s: float) -> None:
        self.policy = policy
        self.reconsider(now_s)

    def reconsider(self, now_s: float) -> None:
        for meeting in list(self.meetings.values()):
            self._reconsider(meeting, now_s)

    def report(self, meeting: Meeting, member: Member, now_s: float) -> None:
        """A page cannot reach the SFU. If the backend can, and most of the others, the page is told that it is alone with that."""
        member.unreachable_at_s = now_s
        if not self.health.is_up or meeting.decision.transport == "mesh":
            return
        agreeing = sum(each.unreachable_at_s is not None and now_s - each.unreachable_at_s < REPORT_S for each in meeting.members.values())
        if agreeing < 2 or 2 * agreeing <= len(meeting.members):
            self.counters.add("voice_backend_unreachable_reports_total", found="alone")
            member.outbox.put("alone")
            return
        self.counters.add("voice_backend_unreachable_reports_total", found="agreed")
        _, hold_s = self._holds.get(meeting.room, (0.0, HOLD_S / 2))
        hold_s = min(LONGEST_HOLD_S, 2 * hold_s)
        self._holds[meeting.room] = (now_s + hold_s, hold_s)
        log.warning("room=%s %d of %d pages do not reach the SFU, which the backend reaches", meeting.room, agreeing, len(meeting.members))
        self._reconsider(meeting, now_s)

    def count_gap(self, told_ms: object) -> None:
        """What a page tells of its switch; None: it had nothing to hear."""
        if not isinstance(told_ms, (int, float)) or not 0 <= told_ms < float("inf"):
            return
        gap_ms = min(told_ms, LONGEST_GAP_MS)
        self.counters.add("voice_backend_gap_seconds_sum", gap_ms / 1000)
        self.counters.add("voice_backend_gap_seconds_count")
        if gap_ms > LONG_GAP_MS:
            self.counters.add("voice_backend_long_gaps_total")

    def tick(self, now_s: float) -> None:
        """Now and again, and whenever the SFU's health or the people have changed."""
        returned = 0
        for meeting in list(self.meetings.values()):
            meeting.tick(now_s)
            if meeting.members:
                was_mesh = meeting.decision.transport == "mesh"
                # A server that is back gets its rooms one after the other.
                if not was_mesh or returned < RETURNS:
                    self._reconsider(meeting, now_s)
                returned += was_mesh and meeting.decision.transport == "sfu"
            else:
                del self.meetings[meeting.room]
                self._begun.pop(meeting.room, None)
        self._holds = {room: hold for room, hold in self._holds.items() if room in self.meetings or hold[0] > now_s}

    def _decide(self, room: str, people: int, meeting: Meeting | None, now_s: float) -> Decision:
        sfu = self.health.may(now_s)
        until_s, _ = self._holds.get(room, (0.0, 0.0))
        if now_s < until_s:
            sfu = Sfu(may_stay=False, may_take=False)
        return decide(self.policy, room, people, sfu, meeting.decision if meeting else None)

    def _reconsider(self, meeting: Meeting, now_s: float) -> None:
        decision = self._decide(meeting.room, len(meeting.members), meeting, now_s)
        former = meeting.decision
        if decision == former:
            return
        because = "sfu-returned" if former.reason == "sfu-unreachable" and decision.transport == "sfu" else decision.reason
        if decision.transport != former.transport:
            self.counters.add("voice_backend_transport_switches_total", 1, **{"from": former.transport, "to": decision.transport, "reason": because})
            log.warning("room=%s people=%d from=%s to=%s reason=%s", meeting.room, len(meeting.members), former.transport, decision.transport, because)
        cause_s = self._cause_s(meeting.room, because, now_s)
        meeting.switch(decision, because, now_s, now_s - cause_s if because == "sfu-unreachable" else 0)
        if decision.transport != former.transport:
            self._begun[meeting.room] = (because, cause_s)

    def _cause_s(self, room: str, because: str, now_s: float) -> float:
        """When that happened for which the room goes to another transport."""
        if because == "sfu-unreachable" and self.health.lost_at_s is not None:
            return self.health.lost_at_s
        if because == "sfu-returned" and self.health.found_at_s is not None:
            return max(self.health.found_at_s, self._holds.get(room, (0.0, 0.0))[0])
        return now_s

    def _settled(self, meeting: Meeting, missing: list[Member], now_s: float) -> None:
        because, cause_s = self._begun.pop(meeting.room, ("", now_s))
        if not because:
            return  # It has begun so.
        if meeting.decision.transport == "mesh" and self.health.is_up:
            self.left.add(meeting.room)
        if missing:
            self.counters.add("voice_backend_incomplete_switches_total")
        elif because in TIMES:
            self.counters.add(f"voice_backend_{TIMES[because]}_seconds_sum", now_s - cause_s)
            self.counters.add(f"voice_backend_{TIMES[because]}_seconds_count")

    # What there is to see.

    def gauges(self) -> dict[tuple[str, Labels], float]:
        transports: tuple[Transport, ...] = ("sfu", "mesh")
        members = [member for meeting in self.meetings.values() for member in meeting.members.values()]
        gauges: dict[tuple[str, Labels], float] = {
            ("voice_backend_signalling_connections", ()): sum(each.lost_at_s is None for each in members),
            ("voice_backend_switching_rooms", ()): len(self._begun),
            ("voice_backend_sfu_up", ()): self.health.is_up,
            ("voice_backend_kill_switch", ()): self.policy.kill_switch,
            ("voice_backend_rollout_percentage", ()): self.policy.percentage,
            ("voice_backend_people", (("transport", "none"),)): sum(each.uses is None for each in members),
        }
        for transport in transports:
            labels = (("transport", transport),)
            gauges["voice_backend_rooms", labels] = sum(each.decision.transport == transport for each in self.meetings.values())
            gauges["voice_backend_people", labels] = sum(each.uses == transport for each in members)
        return gauges

    def shown(self) -> dict[str, Any]:
        """For hosts: each room with people in it."""
        return {room: {"transport": meeting.decision.transport, "reason": meeting.decision.reason, "people": len(meeting.members),
                       "settled": meeting.settled} for room, meeting in sorted(self.meetings.items())}


def changed(policy: Policy, changes: dict[str, Any]) -> Policy:
    """The policy of the environment with what hosts have changed. The environment's kill switch is theirs to see alone."""
    return replace(
        policy,
        percentage=changes.get("percentage", policy.percentage),
        kill_switch=policy.kill_switch or changes.get("kill_switch", False),
        allowed=frozenset(changes["allow"]) if "allow" in changes else policy.allowed,
        flags=changes.get("flags", {}),
    )
