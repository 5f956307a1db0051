# SPDX-License-Identifier: Apache-2.0
"""Work that is done again and again in the background, and at once when somebody cannot wait."""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("backend")


class Recurring:
    """Each turn begins `pause_s()` after the end of the last one. A turn that raises is logged, and the next one comes all the same."""

    def __init__(self, name: str, work: Callable[[], Awaitable[None]], pause_s: Callable[[], float]) -> None:
        self._name = name
        self._work = work
        self._pause_s = pause_s
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def has_started(self) -> bool:
        return self._task is not None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def hurry(self) -> None:
        """The next turn begins as soon as the present one has ended."""
        self._hurry.set()

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._hurry.wait(), self._pause_s())
            except asyncio.TimeoutError:
                pass
            self._hurry.clear()
            try:
                await self._work()
            except Exception:
                log.exception("%s failed; the next attempt is in %g s", self._name, self._pause_s())
