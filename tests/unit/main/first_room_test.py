# SPDX-License-Identifier: Apache-2.0
# Follows docs/first-room.md like its reader, against the server that the page starts, and compares the promised output.
#
# <!-- file: NAME --> marks a program that the reader writes, <!-- test: run --> commands, and <!-- test: prints --> their output: "..." there is any
# text, and as the name of a member any further members. The output during a call is compared with two peers of veche-load.
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_server import VecheServer  # noqa: E402

VECHE, LOAD = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))  # The server runs elsewhere.
SOURCE = pathlib.Path(sys.argv.pop(1))
ADDRESS = "127.0.0.1:8080"
BLOCK = re.compile(r"^<!-- (file|test): ([^>]+) -->\n+```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL_S = 30


def is_like(promised, actual):
    """Whether `actual` is what the page promises: equal, but for what "..." stands for."""
    if isinstance(promised, dict) and isinstance(actual, dict):
        rest = promised.keys() - {"..."}
        same = rest <= actual.keys() if "..." in promised else rest == actual.keys()
        return same and all(is_like(promised[key], actual[key]) for key in rest)
    if isinstance(promised, list) and isinstance(actual, list):
        return len(promised) == len(actual) and all(map(is_like, promised, actual))
    if isinstance(promised, str) and "..." in promised:
        return is_like_text(promised, str(actual))
    return promised == actual


def is_like_text(promised, actual):
    return re.fullmatch(".*".join(map(re.escape, promised.split("..."))), actual) is not None


class Comparison(unittest.TestCase):
    def test_tells_a_kept_promise_from_a_broken_one(self):
        for promised, actual, expected in (
            ({"a": 1}, {"a": 1}, True),
            ({"a": 1}, {"a": 1, "b": 2}, False),
            ({"a": 1, "...": "..."}, {"a": 1, "b": 2}, True),
            ({"a": 1, "...": "..."}, {"a": 2, "b": 2}, False),
            ({"a": "eyJ..."}, {"a": "eyJhb"}, True),
            ({"a": "eyJ..."}, {"a": "hb"}, False),
            ({"a": ["..."]}, {"a": []}, False),
        ):
            self.assertEqual(is_like(promised, actual), expected, (promised, actual))


class FirstRoom(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        text = (SOURCE / "examples/config/dev.json").read_text()
        self.assertIn(ADDRESS, text)
        text = text.replace(f'["{ADDRESS}"]', '["127.0.0.1:0"]').replace("../../clients/web", str(SOURCE / "clients/web"))
        (self.directory / "veche.json").write_text(text)
        self.server = VecheServer(VECHE, "--config", "veche.json", cwd=self.directory)
        self.addCleanup(self.server.kill)  # SIGTERM waits for participants in a call.
        self.address = self.server.url.removeprefix("http://")
        page = (SOURCE / "docs/first-room.md").read_text()
        self.blocks = [(kind, name, text.replace(ADDRESS, self.address)) for kind, name, text in BLOCK.findall(page)]

    def write_programs(self):
        for kind, name, text in self.blocks:
            if kind == "file":
                (self.directory / name).write_text(text)

    def shell(self, script):
        done = subprocess.run(["bash", "-eu", "-c", script], cwd=self.directory, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), script)
        return done.stdout

    def compare(self, command, promised, output):
        if promised.startswith("{"):
            same = is_like(json.loads(promised), json.loads(output))
        else:
            same = len(promised.splitlines()) == len(output.splitlines()) and all(map(is_like_text, promised.splitlines(), output.splitlines()))
        self.assertTrue(same, f"{command}prints\n{output}\nthe page promises\n{promised}")

    def test_every_command_prints_what_the_page_promises(self):
        self.write_programs()
        steps = [(name, text) for kind, name, text in self.blocks if kind == "test" and name in ("run", "prints")]
        variables = ""  # What the page has set so far, in the reader's one shell.
        compared = 0
        for (kind, command), (next_kind, promised) in zip(steps[::2], steps[1::2], strict=True):
            self.assertEqual((kind, next_kind), ("run", "prints"), command)
            self.compare(command, promised, self.shell(variables + command))
            variables += "".join(line + "\n" for line in command.splitlines() if re.match(r"[A-Z]+=", line))
            compared += 1
        self.assertGreaterEqual(compared, 10)

    def test_the_link_leads_to_the_page(self):
        self.write_programs()
        link = self.shell("python3 backend.py team Ann").strip()
        with urllib.request.urlopen(link.partition("#")[0], timeout=10) as answer:
            self.assertIn(b"Your name", answer.read())

    def test_shows_who_hears_whom_in_a_call(self):
        self.write_programs()
        [promised] = [text for _, name, text in self.blocks if name == "prints in a call"]
        promised = promised.replace("ann", "person-0").replace("bob", "person-1")
        load = subprocess.Popen(
            [LOAD, "--server", self.server.url, "--room", "call", "--name-prefix", "person"]
            + ["--participants", "2", "--talkers", "2", "--duration", str(CALL_S)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(load.wait)
        self.addCleanup(load.kill)
        deadline = time.monotonic() + CALL_S
        output = ""
        while output != promised and time.monotonic() < deadline:
            time.sleep(0.2)
            output = self.shell("python3 who.py call") if "call" in self.rooms() else ""
        self.assertEqual(output, promised, self.server.log.text())

    def rooms(self):
        return [room["id"] for room in self.server.ask("GET", "/v1/rooms", key="dev.devsecret")[1]["rooms"]]


unittest.main()
