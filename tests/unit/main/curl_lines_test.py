# SPDX-License-Identifier: Apache-2.0
# The curl lines of README.md and docs/http-api.md, one after the other against a server with the configuration that these pages name.
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_server import VecheServer  # noqa: E402

VECHE = str(pathlib.Path(sys.argv.pop(1)).resolve())  # The server runs elsewhere.
SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
ADDRESS = "127.0.0.1:8080"
#: Lines that need a browser's offer, another program, a stream without end, or a plugin of the reader's own; and a drain, after which a server without
#: sessions exits: operations_test.py drains one.
LEFT_OUT = ("offer.sdp", "restart.sdpfrag", "tshark", "whip-client", "curl -N", "/plugins/", "ann/headers", "jq", "server/drain")
#: Shows what a refusal looks like.
REFUSED = '{"max_participants": 0}'
SET_UP = """
curl() { command curl -sS -o "$BODY" -w '%{http_code}\\n' "$@"; }
API=http://ADDRESS/v1
AUTH='Authorization: Bearer dev.devsecret'
TOKEN=$(command curl -sS -X POST -H "$AUTH" -H 'Content-Type: application/json' -d '{"id": "ann"}' $API/rooms/blue/participants | jq -r .token)
"""


def commands(page):
    """Each command of the page's shell blocks that has curl in it; one may take several lines."""
    for block in re.findall(r"^```sh\n(.*?)^```", (SOURCE / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for command in block.replace("\\\n", " ").splitlines():
            if re.match(r"(curl|[A-Z]+=)", command) and not any(word in command for word in LEFT_OUT):
                yield command


class CurlLines(unittest.TestCase):
    def test_do_what_the_pages_say(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        folder = pathlib.Path(directory.name)
        text = (SOURCE / "examples/config/dev.json").read_text(encoding="utf-8")
        self.assertIn(ADDRESS, text)
        file = folder / "veche.json"
        file.write_text(text.replace(ADDRESS, "127.0.0.1:0").replace("../../clients/web", str(SOURCE / "clients/web")), encoding="utf-8")
        with VecheServer(VECHE, "--config", str(file)) as server:
            address = server.url.removeprefix("http://")
            lines = [line for page in ("README.md", "docs/http-api.md") for line in commands(page)]
            script = "\n".join([SET_UP.replace("ADDRESS", address), *lines]).replace(ADDRESS, address)
            done = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, timeout=60, check=False,
                                  env={"PATH": "/usr/bin:/bin", "BODY": str(folder / "body")})
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        asked = [line for line in lines if line.startswith("curl")]
        statuses = done.stdout.split()
        self.assertEqual(len(asked), len(statuses))
        self.assertGreater(len(asked), 15)
        for line, status in zip(asked, statuses):
            self.assertEqual(status[0], "4" if REFUSED in line else "2", f"{status}: {line}")


unittest.main()
