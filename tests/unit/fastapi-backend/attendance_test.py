# SPDX-License-Identifier: Apache-2.0
# Visits are made of events, also where some are missing.
from backend.attendance import visits_of
from veche_client import Event
from veche_client.decode import decode
from world import event


def visits(*events):
    made = visits_of([decode(Event, each) for each in events])
    return [(visit.participant, visit.joined_at and visit.joined_at.second, visit.left_at and visit.left_at.second, visit.reason) for visit in made]


def left(id, participant="ann", reason="left", **more):
    return event(id, "participant.left", participant, reason=reason, **more)


def test_a_visit_lasts_from_joined_to_left():
    assert visits(event(1), event(2, participant="bob"), left(5), event(8)) == [
        ("ann", 1, 5, "left"), ("bob", 2, None, ""), ("ann", 8, None, "")]


def test_the_end_of_a_room_ends_all_visits_in_it_and_in_no_other():
    closed = event(4, "room.closed", participant="")
    assert visits(event(1), closed, event(9, incarnation="i2")) == [("ann", 1, 4, "room_closed"), ("ann", 9, None, "")]


def test_a_lost_event_leaves_a_visit_with_one_end():
    assert visits(left(3, reason="removed")) == [("ann", None, 3, "removed")]
    assert visits(event(1), event(5)) == [("ann", 1, None, "unknown"), ("ann", 5, None, "")]


def test_a_visit_has_the_name_of_the_person():
    [visit] = visits_of([decode(Event, event(1, name="Ann Example"))])
    assert visit.name == "Ann Example"
