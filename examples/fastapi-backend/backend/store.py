# SPDX-License-Identifier: Apache-2.0
"""What outlives the process, in SQLite: events and how far they have been read, the rooms and who was removed or muted in them, the rollout."""
from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from veche_client import Delivery, Event, EventPage, RoomPolicy

#: The server repeats a webhook for three days.
DELIVERIES_KEPT_S = 7 * 24 * 3600
EVENTS_KEPT_S = 400 * 24 * 3600
Source = Literal["webhook", "pull"]
# An event is known by its place in its room's incarnation, which stays unique when the server's log is made anew.
SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  incarnation TEXT NOT NULL, seq INTEGER NOT NULL, id INTEGER NOT NULL, room TEXT NOT NULL, unix_s REAL NOT NULL,
  type TEXT NOT NULL, participant TEXT NOT NULL, data TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (incarnation, seq));
CREATE INDEX IF NOT EXISTS events_of_room ON events (room);
CREATE TABLE IF NOT EXISTS deliveries (webhook_id TEXT PRIMARY KEY, received_unix_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), after INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS gaps (first INTEGER NOT NULL, last INTEGER NOT NULL, unix_s REAL NOT NULL, PRIMARY KEY (first, last, unix_s));
CREATE TABLE IF NOT EXISTS removals (room TEXT, incarnation TEXT, user TEXT, PRIMARY KEY (room, incarnation, user));
CREATE TABLE IF NOT EXISTS mutes (room TEXT, incarnation TEXT, user TEXT, PRIMARY KEY (room, incarnation, user));
CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, incarnation TEXT NOT NULL, instance TEXT NOT NULL, policy TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rollout (one INTEGER PRIMARY KEY CHECK (one = 1), changes TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Gap:
    """Events that are lost, by their ids: the server had to drop them, or no longer had them when this backend asked.

    `last` is 0 where the server's log was made anew, so that nobody knows how many there were.
    """

    first: int
    last: int
    at: datetime


@dataclass(frozen=True)
class KnownRoom:
    """A room as it was last seen: `instance` is that of the server's run, which has no rooms of an earlier one. `policy` makes it again."""

    room: str
    incarnation: str
    instance: str
    policy: RoomPolicy


class Store:
    """Each call is one transaction of well under a millisecond, so handlers call it on the event loop. Not for several threads at once."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    def take_delivery(self, delivery: Delivery, now_s: float) -> bool:
        """False: this webhook has come before, and changes nothing. What is true here survives a crash: the server may forget it."""
        with self._db:
            added = self._db.execute("INSERT OR IGNORE INTO deliveries VALUES (?, ?)", (delivery.id, now_s))
            if added.rowcount == 0:
                return False
            self._add([delivery.event], "webhook")
        return True

    def take_page(self, page: EventPage, now_s: float) -> None:
        """What the log answered to a question for the events after position(). Moves that on."""
        with self._db:
            before = self.position()
            if page.reset and before is not None:
                last = page.oldest - 1 if before < page.oldest else 0
                self._db.execute("INSERT OR IGNORE INTO gaps VALUES (?, ?, ?)", (before + 1, last, now_s))
            self._add(page.events, "pull")
            self._db.execute("INSERT OR REPLACE INTO position VALUES (1, ?)", (page.next_after,))

    def _add(self, events: list[Event], source: Source) -> None:
        gaps = [(each.data["from"], each.data["to"], each.time.timestamp()) for each in events if each.type == "events.gap"]
        self._db.executemany("INSERT OR IGNORE INTO gaps VALUES (?, ?, ?)", gaps)
        rows = [
            (each.incarnation, each.seq, each.id, each.room, each.time.timestamp(), each.type, each.participant, json.dumps(each.data),
             source)
            for each in events
            if each.room
        ]
        self._db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        # A room that a server lost, or took with it when it stopped, is made again when that is back.
        ended = [(each.incarnation,) for each in events if each.type == "room.closed" and each.data.get("reason") == "room_closed"]
        self._db.executemany("DELETE FROM rooms WHERE incarnation = ?", ended)

    def position(self) -> int | None:
        """The id up to which the server's log has been read; None: it never was."""
        row = self._db.execute("SELECT after FROM position").fetchone()
        return None if row is None else int(row[0])

    def events(self, room: str) -> list[Event]:
        """Those of all rooms of this name, in order."""
        rows = self._db.execute(
            "SELECT id, incarnation, seq, unix_s, type, participant, data FROM events WHERE room = ? ORDER BY incarnation, seq", (room,))
        return [
            Event(id, room, incarnation, seq, datetime.fromtimestamp(unix_s, timezone.utc), type, json.loads(data), participant)
            for id, incarnation, seq, unix_s, type, participant, data in rows
        ]

    def sources(self) -> dict[str, int]:
        """How many events came which way first."""
        return dict(self._db.execute("SELECT source, count(*) FROM events GROUP BY source").fetchall())

    def gaps(self) -> list[Gap]:
        rows = self._db.execute("SELECT first, last, unix_s FROM gaps ORDER BY unix_s")
        return [Gap(first, last, datetime.fromtimestamp(unix_s, timezone.utc)) for first, last, unix_s in rows]

    def forget_old(self, now_s: float) -> None:
        with self._db:
            self._db.execute("DELETE FROM deliveries WHERE received_unix_s < ?", (now_s - DELIVERIES_KEPT_S,))
            self._db.execute("DELETE FROM events WHERE unix_s < ?", (now_s - EVENTS_KEPT_S,))
            self._db.execute("DELETE FROM gaps WHERE unix_s < ?", (now_s - EVENTS_KEPT_S,))

    def know(self, known: KnownRoom) -> None:
        """The room as it is now. In another incarnation of it, those who were removed or muted in the one before are so again."""
        with self._db:
            before = self._db.execute("SELECT incarnation FROM rooms WHERE room = ?", (known.room,)).fetchone()
            if before is not None:
                for table in ("removals", "mutes"):
                    self._db.execute(f"UPDATE OR IGNORE {table} SET incarnation = ? WHERE room = ? AND incarnation = ?",
                                     (known.incarnation, known.room, before[0]))
            self._db.execute("INSERT OR REPLACE INTO rooms VALUES (?, ?, ?, ?)",
                             (known.room, known.incarnation, known.instance, json.dumps(known.policy)))

    def known_rooms(self) -> list[KnownRoom]:
        rows = self._db.execute("SELECT room, incarnation, instance, policy FROM rooms ORDER BY room")
        return [KnownRoom(room, incarnation, instance, json.loads(policy)) for room, incarnation, instance, policy in rows]

    def known(self, room: str) -> KnownRoom | None:
        row = self._db.execute("SELECT incarnation, instance, policy FROM rooms WHERE room = ?", (room,)).fetchone()
        return None if row is None else KnownRoom(room, row[0], row[1], json.loads(row[2]))

    def forget(self, room: str) -> None:
        """The room has ended for good."""
        with self._db:
            self._db.execute("DELETE FROM rooms WHERE room = ?", (room,))

    # Veche refuses the older tokens of a participant that was removed. This backend makes new ones, so it has to remember, too. And a mesh has no
    # server that mutes.

    def bar(self, room: str, incarnation: str, user: str) -> None:
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO removals VALUES (?, ?, ?)", (room, incarnation, user))

    def invite_back(self, room: str, incarnation: str, user: str) -> None:
        with self._db:
            self._db.execute("DELETE FROM removals WHERE room = ? AND incarnation = ? AND user = ?", (room, incarnation, user))

    def barred(self, room: str, incarnation: str) -> list[str]:
        rows = self._db.execute("SELECT user FROM removals WHERE room = ? AND incarnation = ? ORDER BY user", (room, incarnation))
        return [user for (user,) in rows]

    def mute(self, room: str, incarnation: str, user: str, muted: bool) -> None:
        with self._db:
            if muted:
                self._db.execute("INSERT OR IGNORE INTO mutes VALUES (?, ?, ?)", (room, incarnation, user))
            else:
                self._db.execute("DELETE FROM mutes WHERE room = ? AND incarnation = ? AND user = ?", (room, incarnation, user))

    def muted(self, room: str, incarnation: str) -> list[str]:
        rows = self._db.execute("SELECT user FROM mutes WHERE room = ? AND incarnation = ? ORDER BY user", (room, incarnation))
        return [user for (user,) in rows]

    def rollout(self) -> dict[str, Any]:
        """What hosts have changed of the rollout's settings."""
        row = self._db.execute("SELECT changes FROM rollout").fetchone()
        return {} if row is None else dict(json.loads(row[0]))

    def change_rollout(self, changes: dict[str, Any]) -> None:
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO rollout VALUES (1, ?)", (json.dumps(changes),))
