# SPDX-License-Identifier: Apache-2.0
# What the database keeps: each event once, whichever way it comes, and how far the log has been read.
import pytest
from backend.store import EVENTS_KEPT_S, Store
from veche_client import Delivery, Event, EventPage
from veche_client.decode import decode
from world import event

NOW = 1769850000.0  # 2026-01-31T09:00:00Z


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "backend.db"


@pytest.fixture
def store(file):
    made = Store(file)
    yield made
    made.close()


def made(*args, **more):
    return decode(Event, event(*args, **more))


def page(*events, next_after, oldest=1, newest=100, reset=False):
    return EventPage(list(events), next_after, oldest, newest, reset)


def ids(store):
    return [each.id for each in store.events("blue")]


def test_a_webhook_counts_once(store):
    assert store.take_delivery(Delivery("m1", made(1)), NOW)
    assert not store.take_delivery(Delivery("m1", made(1)), NOW)
    assert not store.take_delivery(Delivery("m1", made(2)), NOW)
    assert ids(store) == [1]


def test_an_event_counts_once_whichever_way_it_comes(store):
    store.take_delivery(Delivery("m2", made(2)), NOW)
    store.take_page(page(made(1), made(2), made(3), next_after=3), NOW)
    store.take_delivery(Delivery("m3", made(3)), NOW)
    assert ids(store) == [1, 2, 3]
    assert store.sources() == {"webhook": 1, "pull": 2}


def test_only_a_page_moves_the_position(store):
    assert store.position() is None
    store.take_delivery(Delivery("m9", made(9)), NOW)
    assert store.position() is None
    store.take_page(page(next_after=5), NOW)
    assert store.position() == 5


def test_all_of_it_outlives_the_process(store, file):
    store.take_delivery(Delivery("m1", made(1, name="Ann")), NOW)
    store.take_page(page(next_after=5), NOW)
    store.bar("blue", "i1", "bob")
    again = Store(file)  # As after a kill: the first one is not closed.
    assert again.events("blue") == [made(1, name="Ann")]
    assert not again.take_delivery(Delivery("m1", made(1)), NOW)
    assert (again.position(), again.barred("blue", "i1")) == (5, ["bob"])
    again.close()


def test_an_event_of_another_incarnation_is_another_one(store):
    # A log that was made anew begins again with id 1.
    store.take_delivery(Delivery("m1", made(1, seq=1)), NOW)
    store.take_delivery(Delivery("n1", made(1, seq=1, incarnation="i2")), NOW)
    assert [each.incarnation for each in store.events("blue")] == ["i1", "i2"]


def test_what_is_lost_is_remembered(store):
    store.take_page(page(next_after=90, oldest=50, reset=True), NOW)
    assert store.gaps() == []  # The first look at the log misses nothing.
    store.take_page(page(next_after=300, oldest=200, reset=True), NOW)
    store.take_page(page(next_after=5, oldest=1, reset=True), NOW)
    dropped = made(7, "events.gap", participant="", room="", incarnation="", **{"from": 6, "to": 7, "reason": "overflow"})
    store.take_delivery(Delivery("m7", dropped), NOW + 1)
    store.take_page(page(dropped, next_after=7), NOW + 2)
    assert {(gap.first, gap.last) for gap in store.gaps()} == {(91, 199), (301, 0), (6, 7)}
    assert len(store.gaps()) == 3


def test_who_was_removed_may_be_invited_back(store):
    store.bar("blue", "i1", "bob")
    store.bar("blue", "i1", "bob")
    assert store.barred("blue", "i1") == ["bob"]
    assert store.barred("blue", "i2") == []
    store.invite_back("blue", "i1", "bob")
    assert store.barred("blue", "i1") == []


def test_old_events_are_forgotten(store):
    store.take_delivery(Delivery("m1", made(1)), NOW)
    store.forget_old(NOW + EVENTS_KEPT_S - 100)
    assert ids(store) == [1]
    store.forget_old(NOW + EVENTS_KEPT_S + 100)
    assert ids(store) == []
