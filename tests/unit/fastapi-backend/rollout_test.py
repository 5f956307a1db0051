# SPDX-License-Identifier: Apache-2.0
# Which transport a room uses, and whether the SFU may be used: decisions without a clock.
import pytest
from backend.rollout import Decision, Policy, Sfu, bucket, decide, is_full, wish
from backend.sfu_health import LONGEST_STABLE_S, STABLE_S, TRUSTED_S, SfuHealth
from veche_client import Readiness

UP, DOWN, BUSY = Sfu(), Sfu(False, False), Sfu(True, False)
SFU, MESH = Decision("sfu", "percentage"), Decision("mesh", "percentage")
FALLEN, GROWN = Decision("mesh", "sfu-unreachable"), Decision("sfu", "size")
ALL, NONE, KILLED = Policy(), Policy(percentage=0), Policy(kill_switch=True)


def test_the_kill_switch_comes_before_the_flag_the_flag_before_the_list_and_the_list_before_the_percentage():
    everything = {"allowed": frozenset({"team"}), "flags": {"team": "mesh"}}
    assert wish(Policy(100, True, **everything), "team") == Decision("mesh", "kill-switch")
    assert wish(Policy(100, False, **everything), "team") == Decision("mesh", "flag")
    assert wish(Policy(0, False, flags={"team": "sfu"}), "team") == Decision("sfu", "flag")
    assert wish(Policy(0, False, frozenset({"team"})), "team") == Decision("sfu", "allow-list")
    assert wish(Policy(0), "team") == MESH
    assert wish(Policy(100), "team") == SFU


def test_a_percentage_is_of_rooms_that_stay_the_same():
    rooms = [f"room-{i}" for i in range(2000)]
    assert [bucket(room) for room in ("team", "standup", "blue")] == [45, 65, 17], "another hash would move rooms in an upgrade"
    chosen = {percentage: {room for room in rooms if wish(Policy(percentage), room) == SFU} for percentage in (0, 5, 25, 50, 100)}
    assert chosen[0] == set() and chosen[100] == set(rooms)
    assert chosen[5] < chosen[25] < chosen[50]
    for percentage, inside in chosen.items():
        assert abs(len(inside) - 20 * percentage) < 60


@pytest.mark.parametrize(("policy", "people", "sfu", "current", "expected"), [
    (ALL, 3, UP, None, SFU),
    (ALL, 3, DOWN, None, FALLEN),
    (ALL, 3, DOWN, SFU, FALLEN),
    (ALL, 3, BUSY, SFU, SFU),  # It drains: calls go on,
    (ALL, 1, BUSY, None, FALLEN),  # and new ones begin without it.
    (ALL, 3, BUSY, FALLEN, FALLEN),
    (ALL, 3, UP, FALLEN, SFU),
    (ALL, 8, DOWN, SFU, FALLEN),
    (ALL, 9, DOWN, SFU, SFU),  # Too many for a mesh: they wait for the server.
    (ALL, 9, DOWN, FALLEN, FALLEN),  # One that wants to join a full mesh does not take it away from the others.
    (NONE, 8, UP, None, MESH),
    (NONE, 8, DOWN, MESH, MESH),
    (NONE, 9, UP, MESH, GROWN),
    (NONE, 9, DOWN, MESH, MESH),
    (NONE, 8, UP, GROWN, GROWN),  # It does not switch back and forth around the limit.
    (NONE, 5, UP, GROWN, GROWN),
    (NONE, 4, UP, GROWN, MESH),
    (NONE, 8, DOWN, GROWN, MESH),
    (KILLED, 8, UP, SFU, Decision("mesh", "kill-switch")),
    (KILLED, 9, UP, SFU, GROWN),  # What cannot be a mesh stays.
    (KILLED, 8, UP, GROWN, Decision("mesh", "kill-switch")),
    (KILLED, 9, UP, Decision("mesh", "kill-switch"), Decision("mesh", "kill-switch")),
    (KILLED, 3, DOWN, FALLEN, Decision("mesh", "kill-switch")),
])
def test_a_room_uses(policy, people, sfu, current, expected):
    decision = decide(policy, "team", people, sfu, current)
    assert decision == expected
    assert is_full(policy, decision, people) == (expected.transport == "mesh" and people == 9)


def probes(health, now_s, *states, every_s=0.5):
    """Returns the time after them."""
    for state in states:
        health.take(Readiness(state, "" if state == "unreachable" else "run"), now_s)
        now_s += every_s
    return now_s


def test_a_backend_that_starts_believes_its_first_probe():
    health = SfuHealth()
    assert health.may(0) == DOWN
    probes(health, 0, "ready")
    assert health.may(0) == UP


def test_a_server_that_starts_after_the_backend_is_used_at_once():
    health = SfuHealth()
    now_s = probes(health, 0, "unreachable", "unreachable", "unreachable")
    assert health.may(now_s) == DOWN
    now_s = probes(health, now_s, "ready")
    assert health.may(now_s) == UP


def test_one_probe_that_fails_is_an_accident_and_two_are_not():
    health = SfuHealth()
    now_s = probes(health, 0, "ready", "unreachable")
    assert health.may(now_s) == UP
    assert health.lost_at_s == 0.5
    now_s = probes(health, now_s, "unreachable")
    assert health.may(now_s) == DOWN
    assert health.lost_at_s == 0.5


def test_a_server_that_drains_keeps_its_rooms_and_gets_none():
    health = SfuHealth()
    now_s = probes(health, 0, "ready", "busy")
    assert health.may(now_s) == BUSY


def test_rooms_return_when_it_has_been_ready_for_a_while():
    health = SfuHealth()
    now_s = probes(health, 0, "ready", "unreachable", "unreachable")
    back_s = now_s
    while health.may(now_s) != UP:
        now_s = probes(health, now_s, "ready")
    assert STABLE_S <= now_s - back_s <= STABLE_S + 1
    assert health.found_at_s == back_s


def waits_s(health, now_s):
    """It fails, and comes back: how long rooms wait, and the time then."""
    now_s = probes(health, now_s, "unreachable", "unreachable", "ready")
    back_s = now_s
    while health.may(now_s) != UP:
        now_s = probes(health, now_s, "ready")
    return now_s - back_s, now_s


def test_a_server_that_fails_again_and_again_is_trusted_later_each_time():
    health = SfuHealth()
    waited_s, now_s = waits_s(health, probes(health, 0, "ready"))
    longer = []
    for _ in range(8):
        waited_s, now_s = waits_s(health, now_s)
        longer.append(waited_s)
    assert longer == sorted(longer) and longer[0] > STABLE_S
    assert longer[-1] == pytest.approx(LONGEST_STABLE_S, abs=1)
    now_s = probes(health, now_s, *["ready"] * 10, every_s=LONGEST_STABLE_S + TRUSTED_S)
    assert waits_s(health, now_s)[0] <= STABLE_S + 1
