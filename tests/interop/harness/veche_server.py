# SPDX-License-Identifier: Apache-2.0
"""Starts a test's own veche server, sends it requests, and always stops it. For tests in node there is veche_server.mjs."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from described_api import DescribedApi
from followed_log import FollowedLog

EXIT_S = 60
READY = r"listening on (https?://\S+?)[\s\"]"
# harness/ports.mjs has the same ranges.
NUMBER = int(os.environ.get("VECHE_TEST_NUMBER", "0"))
MEDIA_PORTS = [30000 + 200 * NUMBER, 30000 + 200 * NUMBER + 199]


class ServerFailed(AssertionError):
    """The server did not start, answer or stop as it should; the message contains the log."""


class VecheServer:
    """Started with a command line, and ready: it has logged its address. Stops at the end of `with`, or by stop()."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.log = FollowedLog(self.process.stderr)
        self.output = FollowedLog(self.process.stdout)
        self.described = None
        try:
            self.url = self.wait_for(READY)
        except ServerFailed:
            self.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()

    def fail(self, what):
        raise ServerFailed(f"{what}:\n{self.log.text()}")

    def wait_for(self, pattern, start=0):
        """The first group of the match in the log after `start`, as soon as it appears."""
        found = self.log.wait_for(pattern, start)
        if found is None:
            self.fail(f"the log has no {pattern}")
        return found

    def send(self, number):
        self.process.send_signal(number)

    def ask(self, method, path, body=None, key=None):
        """Status and body of the answer, parsed if it is JSON. The server's own document has to allow the exchange."""
        described = self.described or self.describe()
        status, kind, answer = self._exchange(method, path, body, key)
        exchange = (method, path, status, kind, answer, body)
        # Plugins come and go, so one complaint makes it read the document again.
        complaint = described.complaint(*exchange) and self.describe().complaint(*exchange)
        if complaint:
            self.fail(complaint)
        return status, answer

    def describe(self):
        """The document that the server has now."""
        status, _, document = self._exchange("GET", "/v1/openapi.json")
        if status != 200:
            self.fail(f"GET /v1/openapi.json: {status}")
        self.described = DescribedApi(document)
        return self.described

    def _exchange(self, method, path, body=None, key=None):
        """Status, content type and body of the answer."""
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode())
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, *parsed(answer)
        except urllib.error.HTTPError as error:
            return error.code, *parsed(error)

    def stop(self, number=signal.SIGTERM):
        """Stops it as an operator would."""
        if self.process.poll() is None:
            self.send(number)
        self.ended()

    def ended(self):
        """Waits for its exit, which has to be clean."""
        try:
            status = self.process.wait(EXIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            self.fail(f"the server has not ended after {EXIT_S} s")
        log = self.log.whole()
        if status != 0 or "CRITICAL" in log:
            self.fail(f"the server ended with {status}")

    def kill(self):
        self.process.kill()
        self.process.wait()


def parsed(answer):
    """Content type and body; without a type "", where http.client would say text/plain."""
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
    text = answer.read().decode()
    return kind, json.loads(text) if "json" in kind and text else text


def write_configuration(folder, sections):
    """The file veche.json in the folder: on a port of loopback that the kernel chooses, and media on the test's own ports."""
    file = pathlib.Path(folder) / "veche.json"
    http = {"listen": ["127.0.0.1:0"], **sections.get("http", {})}
    media = {"addresses": ["127.0.0.1"], "ports": MEDIA_PORTS, **sections.get("media", {})}
    file.write_text(json.dumps({**sections, "http": http, "media": media}), encoding="utf-8")
    return file
