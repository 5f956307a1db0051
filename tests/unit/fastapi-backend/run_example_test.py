# SPDX-License-Identifier: Apache-2.0
# examples/fastapi-backend/run: server, backend and page are there together, and Ctrl-C ends them.
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from followed_log import FollowedLog  # noqa: E402
from veche_server import MEDIA_PORTS, NUMBER  # noqa: E402

VECHE, SOURCE = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(2))
API, BACKEND = 20000 + 100 * NUMBER, 20001 + 100 * NUMBER
START_S, END_S = 30, 20


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, ConnectionError):
        return None


def end_session(session):
    """Kills what is left of a session: children outlive a script that is killed."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass  # It has ended meanwhile.


class RunExample(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.state = pathlib.Path(directory.name) / "state"
        config = (SOURCE / "examples/config/backend.json").read_text()
        for known, own in (("127.0.0.1:8080", f"127.0.0.1:{API}"), ("127.0.0.1:8000", f"127.0.0.1:{BACKEND}"), ("[40000, 40999]", str(MEDIA_PORTS))):
            self.assertIn(known, config)
            config = config.replace(known, own)
        file = pathlib.Path(directory.name) / "backend.json"
        file.write_text(config)
        self.environment = os.environ | {"VECHE_CONFIG": str(file), "VECHE_URL": f"http://127.0.0.1:{API}", "BACKEND_PORT": str(BACKEND)}

    def start(self):
        run = subprocess.Popen(
            [SOURCE / "examples/fastapi-backend/run", VECHE, self.state], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            # A shell that runs tests in the background ignores SIGINT, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(run.wait)
        self.addCleanup(end_session, run.pid)
        self.log = FollowedLog(run.stderr)
        FollowedLog(run.stdout)
        deadline = time.monotonic() + START_S
        while not (answers(f"http://127.0.0.1:{BACKEND}/healthz") and answers(f"http://127.0.0.1:{API}/readyz")):
            self.assertIsNone(run.poll(), self.log.text())
            self.assertLess(time.monotonic(), deadline, self.log.text())
            time.sleep(0.1)
        return run

    def log_in_and_join(self):
        """A guest's invitation to a room that a host has made."""
        host, guest = (self.post("/api/login", {"user": user, "password": f"{user}-demo"})["token"] for user in ("ann", "bob"))
        self.post("/api/rooms", {"id": "team"}, host)
        return self.post("/api/rooms/team/join", {}, guest)

    def post(self, path, body, token=""):
        request = urllib.request.Request(f"http://127.0.0.1:{BACKEND}{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def assert_both_are_gone(self):
        deadline = time.monotonic() + END_S
        while answers(f"http://127.0.0.1:{BACKEND}/healthz") or answers(f"http://127.0.0.1:{API}/healthz"):
            self.assertLess(time.monotonic(), deadline, self.log.text())
            time.sleep(0.1)

    def test_ctrl_c_ends_both(self):
        run = self.start()
        self.assertIn("Log in", answers(f"http://127.0.0.1:{BACKEND}/"))
        self.assertEqual(self.log_in_and_join()["server"], f"http://127.0.0.1:{API}")
        self.assertLessEqual({"veche.json", "events.db", "backend.db"}, {file.name for file in self.state.iterdir()})
        os.killpg(run.pid, signal.SIGINT)  # As a terminal does.
        self.assertEqual(run.wait(END_S), 0, self.log.text())
        self.assert_both_are_gone()

    def test_when_one_ends_the_other_one_does(self):
        run = self.start()
        children = pathlib.Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        [veche] = [int(child) for child in children if str(VECHE) in pathlib.Path(f"/proc/{child}/cmdline").read_text()]
        os.kill(veche, signal.SIGKILL)
        self.assertEqual(run.wait(END_S), 1)
        self.assertIn("One of the two programs has ended with 137", self.log.whole())
        self.assert_both_are_gone()


unittest.main()
