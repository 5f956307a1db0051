# SPDX-License-Identifier: Apache-2.0
"""A program's log, read as it is written: a new line wakes the thread that waits for it."""
import re
import threading
import time

WAIT_S = 60


class FollowedLog:
    """Reads `stream`, a pipe of text, until its end."""

    def __init__(self, stream):
        self._text = ""
        self._at_end = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        with stream:
            for line in stream:
                with self._changed:
                    self._text += line
                    self._changed.notify_all()
        with self._changed:
            self._at_end = True
            self._changed.notify_all()

    def text(self):
        with self._changed:
            return self._text

    def whole(self):
        """The text once the program has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._at_end, WAIT_S)
            return self._text

    def wait_for(self, pattern, start=0):
        """The first group of `pattern`, or all of it, as soon as it appears after `start`. None: it never did."""
        deadline = time.monotonic() + WAIT_S
        with self._changed:
            while True:
                found = re.search(pattern, self._text[start:])
                if found:
                    return found[1] if found.groups() else found[0]
                if self._at_end or not self._changed.wait(deadline - time.monotonic()):
                    return None
