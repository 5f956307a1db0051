# SPDX-License-Identifier: Apache-2.0
"""What waits to be sent to one page: bounded, so that a page which reads too slowly is closed and holds nobody up."""
from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

MOST_MESSAGES = 256
MOST_BYTES = 256 * 1024
#: Close codes (RFC 6455, section 7.4.1; from 4000 on this backend's own).
NORMAL, POLICY, TOO_LARGE, ENDED = 1000, 1008, 1009, 4000


class Outbox:
    def __init__(self) -> None:
        self._texts: deque[str] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self.close_code: int | None = None

    def put(self, type: str, data: object = None, **more: Any) -> None:
        self.put_text(json.dumps({"type": type, "data": {} if data is None else data} | more))

    def put_text(self, text: str) -> None:
        if self.close_code is not None:
            return
        if len(self._texts) >= MOST_MESSAGES or self._bytes + len(text) > MOST_BYTES:
            self._texts.clear()
            self.close(POLICY)
            return
        self._texts.append(text)
        self._bytes += len(text)
        self._changed.set()

    def close(self, code: int, reason: str = "", detail: str = "") -> None:
        """What has been put in before is still sent; with a reason the last message tells it."""
        if reason:
            self.put("closing", {"reason": reason, "detail": detail})
        if self.close_code is None:
            self.close_code = code
        self._changed.set()

    async def next(self) -> str | None:
        """None: there is no more, and the connection is to be closed with `close_code`."""
        while not self._texts:
            if self.close_code is not None:
                return None
            self._changed.clear()
            await self._changed.wait()
        text = self._texts.popleft()
        self._bytes -= len(text)
        return text
