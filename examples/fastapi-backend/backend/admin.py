# SPDX-License-Identifier: Apache-2.0
"""The rollout of the SFU, for hosts and operators: kill switch, percentage, allow list and flags; and the backend's metrics."""
from __future__ import annotations

import logging
import time
from typing import Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConstrainedStr, Extra, Field

from .context import Context, context_of
from .login import operator
from .problems import Refused
from .rooms import NAME
from .transports import changed

log = logging.getLogger("backend")
MOST_NAMES = 1000

router = APIRouter(dependencies=[Depends(operator)])


class RoomName(ConstrainedStr):
    regex = NAME


class Rollout(BaseModel, extra=Extra.forbid):
    """What is not named stays. `flags` are added to those that are there; null takes one away."""

    kill_switch: bool | None
    percentage: int | None = Field(None, ge=0, le=100)
    allow: list[RoomName] | None = Field(None, max_items=MOST_NAMES)
    flags: dict[RoomName, Literal["sfu", "mesh"] | None] | None


def shown(context: Context) -> dict[str, Any]:
    policy, transports = context.transports.policy, context.transports
    return {"kill_switch": policy.kill_switch, "percentage": policy.percentage, "allow": sorted(policy.allowed), "flags": dict(policy.flags),
            "mesh_limit": policy.mesh_limit, "sfu_is_up": transports.health.is_up, "rooms": transports.shown()}


@router.get("/api/rollout")
async def read(context: Context = Depends(context_of)) -> dict[str, Any]:
    return shown(context)


@router.patch("/api/rollout")
async def change(change: Rollout, context: Context = Depends(context_of)) -> dict[str, Any]:
    """When the answer comes, the pages in all rooms have been told. It outlives a restart."""
    changes = context.store.rollout()
    told = change.dict(exclude_none=True, exclude={"flags"})
    flags = changes.get("flags", {}) | (change.flags or {})
    changes |= told | {"flags": {room: transport for room, transport in flags.items() if transport is not None}}
    if len(changes["flags"]) > MOST_NAMES:
        raise Refused(409, f"At most {MOST_NAMES} rooms have a flag")
    context.store.change_rollout(changes)
    log.warning("the rollout is changed: %s", change.json(exclude_unset=True))
    context.transports.change_policy(changed(context.settings.rollout, changes), time.monotonic())
    return shown(context)


@router.get("/metrics")
async def metrics(context: Context = Depends(context_of)) -> Response:
    return Response(context.counters.text(context.transports.gauges()), media_type="text/plain; version=0.0.4")
