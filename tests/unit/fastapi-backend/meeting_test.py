# SPDX-License-Identifier: Apache-2.0
# The people of a room at the signalling, what bounds a page there, and the rooms' switches: in virtual time, without a connection.
import asyncio
import json

import pytest
from backend.allowance import Allowance
from backend.counters import METRICS, Counters
from backend.meeting import FIRST_S, GRACE_S, SETTLE_S, Meeting, Member
from backend.outbox import ENDED, MOST_BYTES, MOST_MESSAGES, POLICY, Outbox
from backend.problems import Refused
from backend.rollout import Decision, Policy
from backend.sfu_health import SfuHealth
from backend.transports import HOLD_S, Transports
from backend.users import User
from veche_client import Readiness

SFU, MESH = Decision("sfu", "percentage"), Decision("mesh", "percentage")
BOTH = ("sfu", "mesh")


def told(member, *types):
    """What its page has been sent since the last look: (type, data); with types, those alone."""
    outbox, messages = member.outbox, []
    while outbox._texts:
        message = json.loads(asyncio.run(outbox.next()))
        messages.append((message["type"], message["data"]))
    return [each for each in messages if not types or each[0] in types]


def member(name, peer=None, role="guest"):
    return Member(User(name, name.title(), role), peer or f"peer-of-{name}")


def meeting_of(*names, decision=MESH, muted=()):
    meeting = Meeting("team", decision, list(muted), 0)
    members = [member(name) for name in names]
    assert [meeting.add(each) for each in members] == [""] * len(members)
    for each in members:
        told(each)
    return (meeting, *members)


def test_one_that_comes_sees_all_and_is_seen_by_all():
    meeting, ann = meeting_of("ann", muted=["bob"])
    bob = member("bob")
    meeting.add(bob)
    [(kind, snapshot)] = told(bob)
    assert kind == "snapshot"
    assert [(each["participant"], each["peer"], each["muted_by_backend"]) for each in snapshot["roster"]] == [
        ("ann", "peer-of-ann", False), ("bob", "peer-of-bob", True)]
    assert snapshot["self"]["participant"] == "bob"
    assert snapshot["transport"] == {"transport": "mesh", "reason": "percentage", "number": 1, "settled": False}
    [(kind, change)] = told(ann)
    assert kind == "roster" and [each["participant"] for each in change["joined"]] == ["bob"]


def test_while_the_sfu_has_the_room_nobody_gets_its_roster():
    meeting, ann = meeting_of("ann", decision=SFU)
    bob = member("bob")
    meeting.add(bob)
    assert told(bob)[0][1]["roster"] is None
    meeting.mute_itself(bob, True)
    assert told(ann) == []
    meeting.switch(Decision("mesh", "sfu-unreachable"), "sfu-unreachable", 10)
    [(kind, data)] = told(ann)
    assert kind == "transport" and data["because"] == "sfu-unreachable" and data["number"] == 2
    assert [(each["participant"], each["muted_by_self"]) for each in data["roster"]] == [("ann", False), ("bob", True)]


def test_a_signal_goes_to_a_page_of_the_room_and_to_no_other():
    meeting, ann, bob, chen = meeting_of("ann", "bob", "chen")
    assert meeting.relay(ann, {"to": "peer-of-bob", "call": 1, "description": {"type": "offer"}, "from": "peer-of-chen", "admin": True})
    assert told(bob) == [("signal", {"from": "peer-of-ann", "call": 1, "description": {"type": "offer"}})]
    assert told(ann) == told(chen) == []
    _, dan = meeting_of("dan")
    for nobody in ("peer-of-dan", "peer-of-ann", None, ["peer-of-bob"], {}):
        assert not meeting.relay(ann, {"to": nobody})
    assert [told(each) for each in (ann, bob, chen, dan)] == [[]] * 4


def test_a_page_that_breaks_off_keeps_its_place_for_a_while():
    meeting, ann, bob = meeting_of("ann", "bob")
    meeting.lose(bob, 100)
    assert [data["changed"][0]["connected"] for _, data in told(ann)] == [False]
    meeting.tick(100 + GRACE_S - 0.1)
    assert told(ann, "roster") == []
    again = member("bob")
    meeting.add(again)
    assert [(data["changed"][0]["connected"], data["changed"][0]["peer"]) for _, data in told(ann, "roster")] == [(True, "peer-of-bob")]
    meeting.lose(bob, 101)  # The end of the connection before.
    meeting.tick(200)
    assert "bob" in meeting.members
    meeting.lose(again, 200)
    meeting.tick(200 + GRACE_S)
    assert told(ann)[-1] == ("roster", {"left": ["bob"]})


def test_the_newest_page_of_a_person_counts():
    meeting, ann, bob = meeting_of("ann", "bob")
    other = member("bob", "another-page")
    meeting.add(other)
    assert told(bob) == [("closing", {"reason": "replaced", "detail": ""})]
    assert bob.outbox.close_code == ENDED
    assert [each["peer"] for _, data in told(ann) for each in data["changed"]] == ["another-page"]
    meeting.leave(bob)
    assert meeting.members["bob"] is other


def test_nobody_takes_the_name_of_anothers_page():
    meeting, ann, bob = meeting_of("ann", "bob")
    assert meeting.add(member("eve", "peer-of-bob")) == "policy_violation"
    assert set(meeting.members) == {"ann", "bob"}


def test_a_mute_of_the_host_is_told_and_not_the_pages_to_take_back():
    meeting, ann, bob = meeting_of("ann", "bob")
    meeting.mute("bob", True)
    meeting.mute_itself(bob, False)
    for each in (ann, bob):
        [(_, data)] = told(each)
        assert (data["changed"][0]["muted"], data["changed"][0]["muted_by_backend"]) == (True, True)


def test_a_removal_ends_the_page_with_the_hosts_words():
    meeting, ann, bob = meeting_of("ann", "bob")
    meeting.remove("bob", "removed", "noise")
    assert told(bob) == [("closing", {"reason": "removed", "detail": "noise"})]
    assert told(ann) == [("roster", {"left": ["bob"]})]
    meeting.remove("bob", "removed")
    assert told(ann) == []


def test_a_switch_ends_when_all_have_made_it():
    meeting, ann, bob = meeting_of("ann", "bob")
    meeting.tick(FIRST_S + SETTLE_S)
    missing = []
    meeting.on_settled = lambda left_out, at_s: missing.append([each.user.id for each in left_out])
    meeting.switch(SFU, "percentage", 100)
    meeting.use(ann, "sfu", 2)
    meeting.use(bob, "mesh", 2)
    meeting.tick(101)
    assert not meeting.settled and meeting.has_mesh
    meeting.use(bob, "sfu", 1)  # Of an earlier switch.
    meeting.tick(102)
    assert not meeting.settled
    meeting.use(bob, "sfu", 2)
    meeting.tick(103)
    assert meeting.settled and not meeting.has_mesh and missing == [[]]
    assert told(ann)[-1] == ("settled", {"number": 2, "missing": []})


def test_a_switch_does_not_wait_for_one_for_ever_and_names_it():
    meeting, ann, bob = meeting_of("ann", "bob")
    meeting.switch(SFU, "percentage", 100)
    meeting.use(ann, "sfu", 2)
    meeting.tick(100 + SETTLE_S - 0.1)
    assert not meeting.settled
    meeting.tick(100 + SETTLE_S)
    assert told(bob)[-1] == ("settled", {"number": 2, "missing": ["bob"]})


def test_after_a_restart_of_the_backend_nobody_is_left_behind_before_all_are_back():
    """Pages in a mesh find a backend that has forgotten it; the first one must not leave the mesh alone."""
    meeting, ann = meeting_of("ann", decision=SFU)
    meeting.use(ann, "sfu", 1)
    meeting.tick(FIRST_S - 0.1)
    assert not meeting.settled
    meeting.tick(FIRST_S)
    assert meeting.settled


def test_a_page_that_reads_too_slowly_is_closed_and_its_queue_freed():
    for count, size in ((MOST_MESSAGES + 1, 1), (20, MOST_BYTES // 19)):
        outbox = Outbox()
        for _ in range(count):
            outbox.put_text("x" * size)
        assert outbox.close_code == POLICY
        assert asyncio.run(outbox.next()) is None
    outbox = Outbox()
    for _ in range(10 * MOST_MESSAGES):
        outbox.put_text("x")
        assert asyncio.run(outbox.next()) == "x"
    assert outbox.close_code is None


def test_messages_come_in_a_burst_and_then_at_a_rate():
    allowance = Allowance(5, 2)
    assert [allowance.take(0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert [allowance.take(1) for _ in range(3)] == [True, True, False]
    assert allowance.refused == 3
    for now_s in range(10, 20):
        assert allowance.take(now_s)
    assert allowance.refused == 0


class World:
    """Rooms and an SFU, in virtual time."""

    def __init__(self, policy=Policy(), state="ready"):
        self.now_s = 1000.0
        self.health, self.counters = SfuHealth(), Counters()
        self.transports = Transports(policy, self.health, self.counters)
        self.find(state)

    def find(self, *states):
        for state in states:
            self.now_s += 0.5
            self.health.take(Readiness(state, "run"), self.now_s)
            self.transports.tick(self.now_s)

    def join(self, name, room="team"):
        joining = member(name)
        decision = self.transports.for_join(room, name, BOTH, self.now_s)
        meeting = self.transports.meeting_of(room, [], decision, self.now_s)
        assert meeting.add(joining) == ""
        self.transports.reconsider(self.now_s)
        told(joining)
        return joining

    def meeting(self, room="team"):
        return self.transports.meetings[room]

    def all_use(self, transport):
        for each in self.meeting().members.values():
            self.meeting().use(each, transport, self.meeting().number)

    def switches(self):
        return {tuple(dict(labels)[name] for name in ("from", "to", "reason")): value
                for (name, labels), value in self.counters._values.items() if name == "voice_backend_transport_switches_total"}


def transports_of(member):
    return [(data["transport"], data["because"]) for _, data in told(member, "transport")]


def test_all_of_a_room_fall_back_and_return_together_and_it_is_counted():
    world = World()
    people = [world.join(name) for name in ("ann", "bob", "chen")]
    world.all_use("sfu")
    world.find(*["ready"] * 12, "unreachable", "unreachable")
    assert [transports_of(each) for each in people] == [[("mesh", "sfu-unreachable")]] * 3
    world.all_use("mesh")
    world.find("unreachable")
    assert world.counters.value("voice_backend_fallback_seconds_count") == 1
    assert world.counters.value("voice_backend_fallback_seconds_sum") == pytest.approx(1.0)
    world.find("ready", "ready", "ready")
    assert transports_of(people[0]) == []
    world.find("ready")
    assert [transports_of(each) for each in people] == [[("sfu", "sfu-returned")]] * 3
    world.all_use("sfu")
    world.find("ready")
    assert world.counters.value("voice_backend_return_seconds_sum") == pytest.approx(2.0)
    assert world.switches() == {("sfu", "mesh", "sfu-unreachable"): 1, ("mesh", "sfu", "sfu-returned"): 1}


def test_a_room_that_is_too_large_for_a_mesh_waits_for_the_sfu():
    world = World(Policy(mesh_limit=2))
    people = [world.join(name) for name in ("ann", "bob", "chen")]
    world.find(*["unreachable"] * 10)
    assert transports_of(people[0]) == []
    world.meeting().leave(people[2])
    world.find("unreachable")
    assert transports_of(people[0]) == [("mesh", "sfu-unreachable")]
    with pytest.raises(Refused, match="503"):
        world.join("chen")


def test_a_mesh_that_grows_moves_to_the_sfu_unless_the_sfu_is_switched_off():
    world = World(Policy(percentage=0, mesh_limit=2))
    ann, bob = world.join("ann"), world.join("bob")
    assert world.transports.for_join("team", "chen", BOTH, world.now_s) == Decision("sfu", "size")
    assert transports_of(ann) == []
    world.join("chen")
    assert transports_of(ann) == transports_of(bob) == [("sfu", "size")]
    killed = World(Policy(kill_switch=True, mesh_limit=2))
    killed.join("ann"), killed.join("bob")
    with pytest.raises(Refused, match="2 people can talk without the voice server"):
        killed.transports.for_join("team", "chen", BOTH, killed.now_s)
    assert killed.transports.for_join("team", "bob", BOTH, killed.now_s).transport == "mesh", "the same person again"


def test_a_page_for_the_sfu_alone_is_told_when_its_room_uses_a_mesh():
    with pytest.raises(Refused) as away:
        World(state="unreachable").transports.for_join("team", "ann", ["sfu"], 0)
    assert away.value.status_code == 503
    with pytest.raises(Refused) as other:
        World(Policy(percentage=0)).transports.for_join("team", "ann", ["sfu"], 0)
    assert (other.value.status_code, other.value.type) == (409, "/problems/room-uses-mesh")


def test_one_page_that_does_not_reach_the_sfu_is_told_that_it_is_alone():
    world = World()
    ann, bob = world.join("ann"), world.join("bob")
    world.transports.report(world.meeting(), ann, world.now_s)
    assert told(ann) == [("alone", {})]
    assert told(bob) == []


def test_when_most_pages_do_not_reach_the_sfu_the_room_falls_back_and_tries_again_later_each_time():
    world = World()
    ann, bob, chen = (world.join(name) for name in ("ann", "bob", "chen"))
    held_s = []
    for _ in range(2):
        world.transports.report(world.meeting(), ann, world.now_s)
        world.transports.report(world.meeting(), bob, world.now_s)
        assert transports_of(chen) == [("mesh", "sfu-unreachable")]
        begun_s = world.now_s
        while world.meeting().decision.transport == "mesh":
            world.find("ready")
        held_s.append(world.now_s - begun_s)
        assert transports_of(chen) == [("sfu", "sfu-returned")]
        told(ann), told(bob)
        world.now_s += 20  # The reports are old by then.
    assert held_s == [pytest.approx(HOLD_S, abs=1), pytest.approx(2 * HOLD_S, abs=1)]


def test_the_kill_switch_reaches_all_rooms_at_once():
    world = World()
    ann, bob = world.join("ann", "team"), world.join("bob", "other")
    world.transports.change_policy(Policy(kill_switch=True), world.now_s)
    assert transports_of(ann) == transports_of(bob) == [("mesh", "kill-switch")]
    world.transports.change_policy(Policy(kill_switch=True), world.now_s)
    assert transports_of(ann) == []
    assert world.transports.gauges()["voice_backend_rooms", (("transport", "mesh"),)] == 2


def test_what_pages_tell_of_gaps_is_bounded():
    world = World()
    for told_ms in (None, "x", -1, float("nan"), float("inf"), True, 150, 250, 1e9):
        world.transports.count_gap(told_ms)
    assert world.counters.value("voice_backend_gap_seconds_count") == 4
    assert world.counters.value("voice_backend_gap_seconds_sum") == pytest.approx(0.001 + 0.15 + 0.25 + 60)
    assert world.counters.value("voice_backend_long_gaps_total") == 2


def test_an_empty_room_is_forgotten():
    world = World()
    world.meeting_left = world.join("ann")
    world.meeting().leave(world.meeting_left)
    world.find("ready")
    assert world.transports.meetings == {}


def test_metrics_are_text_with_help_and_type():
    world = World()
    world.join("ann")
    world.transports.change_policy(Policy(percentage=0), world.now_s)
    text = world.counters.text(world.transports.gauges())
    assert 'voice_backend_transport_switches_total{from="sfu",reason="percentage",to="mesh"} 1' in text.splitlines()
    assert "voice_backend_fallback_seconds_count 0" in text.splitlines()
    for line in text.splitlines():
        name = line.split()[2] if line.startswith("#") else line.partition("{")[0].split()[0]
        assert name in METRICS, line
