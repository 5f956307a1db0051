# SPDX-License-Identifier: Apache-2.0
# Pages and sources agree: the tests that http_api_lines.md names exist and it leaves out no section, and each type of event is documented.
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1))
TESTS = SOURCE / "tests"
METHODS = "GET|PUT|POST|PATCH|DELETE"


def read(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def gtests():
    """Suite.Name of each test of GoogleTest."""
    texts = (file.read_text(encoding="utf-8") for folder in (TESTS, SOURCE / "tools") for file in folder.rglob("*_test.cpp"))
    return {f"{suite}.{name}" for text in texts for suite, name in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", text)}


def scripts():
    """The text of each test in Python or node by the names of their files. Some share one."""
    texts = {}
    for file in TESTS.rglob("*_test.*"):
        if file.suffix in (".py", ".mjs") and "node_modules" not in file.parts:
            texts[file.name] = texts.get(file.name, "") + file.read_text(encoding="utf-8")
    return texts


def exists(name, known, texts):
    """Whether there is a test "Suite.Name", "file_test.py: name" or "file_test.mjs: part of its title"."""
    file, _, title = name.partition(": ")
    if not title:
        return name in known
    if file.endswith(".py"):
        return f"def {title}(" in texts.get(file, "")
    titles = re.findall(r"""\btest\(\s*(['`])(.*?)(?<!\\)\1""", texts.get(file, ""))
    return any(title in each for _, each in titles)


def code_of(text):
    """What stands between backquotes, on one line."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```", "", text, flags=re.MULTILINE))


class HttpApiLines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines = read("tests/http_api_lines.md")
        cls.page = read("docs/http-api.md")

    def test_each_named_test_exists(self):
        known, texts = gtests(), scripts()
        rows = [line.strip("| ").split(" | ") for line in self.lines.splitlines() if line.startswith("| ") and "The page says" not in line]
        self.assertGreater(len(rows), 100)
        for claim, tests in rows:
            self.assertTrue(code_of(tests), f"no test proves: {claim}")
        named = [name for _, tests in rows for name in code_of(tests)]
        self.assertEqual([name for name in named if not exists(name, known, texts)], [])

    def test_each_section_of_the_page_is_there_once(self):
        sections = re.findall(r"^#{1,3} (.+)$", re.sub(r"```.*?```", "", self.page, flags=re.DOTALL), re.MULTILINE)
        named = re.findall(r"^## (.+)$", self.lines, re.MULTILINE)
        self.assertEqual(sorted(set(sections)), sorted(named))

    def test_each_route_of_the_page_is_there(self):
        rows = [line.split(" | ")[0] for line in self.page.splitlines() if re.match(rf"\| `(?:{METHODS}) /?", line)]
        routes = {f"`{method} {path}" for row in rows for method, path in re.findall(rf"`({METHODS}) ([^`?\s]+)", row)}
        self.assertGreater(len(routes), 50)
        self.assertEqual([route for route in sorted(routes) if route not in self.lines], [])


class Events(unittest.TestCase):
    def test_every_type_of_event_is_documented(self):
        text = "".join(file.read_text(encoding="utf-8") for file in (SOURCE / "core").rglob("*.cpp"))
        kinds = "room|participant|track|speaker|server|events|plugin|quality|webhook"
        emitted = set(re.findall(rf'"((?:{kinds})\.[a-z_]+)"', text))
        documented = set(code_of(read("docs/events.md"))) | set(code_of(read("docs/webhooks.md")))
        # A line of a participant's trace, and a key of the database.
        emitted -= {"participant.added", "webhook.positions"}
        self.assertGreater(len(emitted), 12)
        self.assertEqual(sorted(emitted - documented), [])


unittest.main()
