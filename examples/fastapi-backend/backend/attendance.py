# SPDX-License-Identifier: Apache-2.0
"""Who was in a room, from when to when: made of the room's events. Pure."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from veche_client import Event

#: What attendance is made of. `events.gap` comes with every choice of types.
TYPES = ("participant.joined", "participant.left", "room.closed")


@dataclass(frozen=True)
class Visit:
    """`joined_at` is None where that event was lost; `left_at` is None while the visit lasts, or (with a `reason`) where it was lost."""

    participant: str
    name: str
    incarnation: str
    joined_at: datetime | None
    left_at: datetime | None = None
    reason: str = ""


def visits_of(events: Iterable[Event]) -> list[Visit]:
    """`events` are those of one room of one name, in the order of their `seq` within each incarnation."""
    open_visits: dict[tuple[str, str], Visit] = {}
    ended: list[Visit] = []

    def end(key: tuple[str, str], at: datetime | None, reason: str) -> None:
        incarnation, participant = key
        visit = open_visits.pop(key, Visit(participant, participant, incarnation, None))
        ended.append(replace(visit, left_at=at, reason=reason))

    for event in events:
        key = (event.incarnation, event.participant)
        if event.type == "participant.joined":
            if key in open_visits:
                end(key, None, "unknown")
            open_visits[key] = Visit(event.participant, str(event.data.get("name", event.participant)), event.incarnation, event.time)
        elif event.type == "participant.left":
            end(key, event.time, str(event.data.get("reason", "")))
        elif event.type == "room.closed":
            for each in [other for other in open_visits if other[0] == event.incarnation]:
                end(each, event.time, "room_closed")
    return sorted([*ended, *open_visits.values()], key=lambda visit: visit.joined_at or visit.left_at or datetime.max)
