# SPDX-License-Identifier: Apache-2.0
"""Which transport a room uses, and why. Pure: takes a policy and what is known of the room, and returns a decision."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Transport = Literal["sfu", "mesh"]
#: What a decision may be made for. `size`: too many people for a mesh. The rest are words of Policy.
Reason = Literal["kill-switch", "flag", "allow-list", "percentage", "size", "sfu-unreachable"]


@dataclass(frozen=True)
class Policy:
    """The first that applies decides: the kill switch, the room's flag, the allow list, the percentage of all rooms."""

    percentage: int = 100
    kill_switch: bool = False
    allowed: frozenset[str] = frozenset()
    flags: Mapping[str, Transport] = field(default_factory=dict)
    #: More people than this never form a mesh: each sends its voice to all others.
    mesh_limit: int = 8


@dataclass(frozen=True)
class Decision:
    transport: Transport
    reason: Reason


@dataclass(frozen=True)
class Sfu:
    """`may_stay`: rooms that use it may go on. `may_take`: rooms may begin to use it."""

    may_stay: bool = True
    may_take: bool = True


def bucket(room: str) -> int:
    """0 to 99, the same for ever: a percentage that grows takes rooms in, and lets none out."""
    return int.from_bytes(hashlib.sha256(room.encode()).digest()[:8], "big") % 100


def wish(policy: Policy, room: str) -> Decision:
    """The transport of the room, if the SFU works and nothing is too large."""
    if policy.kill_switch:
        return Decision("mesh", "kill-switch")
    if room in policy.flags:
        return Decision(policy.flags[room], "flag")
    if room in policy.allowed:
        return Decision("sfu", "allow-list")
    return Decision("sfu" if bucket(room) < policy.percentage else "mesh", "percentage")


def decide(policy: Policy, room: str, people: int, sfu: Sfu, current: Decision | None = None) -> Decision:
    """`people` counts one that is about to join; `current` is the decision that the room lives by, if people are in it.

    A mesh that has no place for that one stays what it is: see is_full.
    """
    wanted = wish(policy, room)
    if wanted.transport == "mesh":
        return _mesh(policy, wanted, people, sfu, current)
    is_usable = sfu.may_stay if current and current.transport == "sfu" else sfu.may_take
    if is_usable or (people > policy.mesh_limit and not _is_mesh(current)):
        return wanted
    return Decision("mesh", "sfu-unreachable")


def _mesh(policy: Policy, wanted: Decision, people: int, sfu: Sfu, current: Decision | None) -> Decision:
    may_grow = wanted.reason == "percentage"
    has_grown = may_grow and current is not None and current.reason == "size" and sfu.may_stay
    # Half of the limit, so that a room around it does not switch back and forth.
    if people <= (policy.mesh_limit // 2 if has_grown else policy.mesh_limit):
        return wanted
    if _is_mesh(current) and not (may_grow and sfu.may_take):
        return wanted
    return Decision("sfu", "size")


def _is_mesh(decision: Decision | None) -> bool:
    return decision is not None and decision.transport == "mesh"


def is_full(policy: Policy, decision: Decision, people: int) -> bool:
    """Whether the room has no place for the last one of these people."""
    return decision.transport == "mesh" and people > policy.mesh_limit
