# SPDX-License-Identifier: Apache-2.0
# Runs the program `veche` itself: every option, every example configuration, start and stop.
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_server import VecheServer  # noqa: E402

VECHE = sys.argv.pop(1)
SOURCE = pathlib.Path(sys.argv.pop(1))
SECRETS = {
    name: "0123456789abcdef" * 2
    for name in ("VECHE_BACKEND_SECRET", "VECHE_MONITORING_SECRET", "VECHE_TURN_SECRET")
}
SECRETS["VECHE_SIGNING_SECRET"] = "fedcba9876543210" * 2


def run(*arguments, **environment):
    return subprocess.run(
        [VECHE, *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, **environment}
    )


class CommandLine(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def write(self, text):
        file = self.directory / "veche.json"
        file.write_text(text)
        return str(file)

    def test_accepts_every_example(self):
        files = sorted((SOURCE / "examples" / "config").glob("*.json"))
        self.assertGreaterEqual(len(files), 2)
        for file in files:
            result = run("--check-config", str(file), **SECRETS)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, f"{file}: good\n", ""))

    def test_refuses_an_example_whose_secrets_are_missing(self):
        result = run("--check-config", str(SOURCE / "examples/config/production.json"))
        self.assertEqual(result.returncode, 1)
        for pointer in ("/auth/keys/0/secret", "/auth/keys/1/secret", "/auth/signing_keys/0/secret", "/media/ice_servers/1/secret"):
            self.assertIn(f"production.json: {pointer}: the environment variable", result.stderr)

    def test_explains_what_a_configuration_without_signing_keys_means(self):
        file = self.write('{"auth": {"keys": [{"id": "backend", "secret": "0123456789abcdef", "scopes": ["rooms"]}]}}')
        result = run("--check-config", file)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        advice, verdict = result.stdout.splitlines()
        self.assertIn(f"{file}: /auth/signing_keys: is empty, so the server signs join tokens with a key that it makes", advice)
        self.assertIn("API keys sign no tokens any more", advice)
        self.assertEqual(verdict, f"{file}: good")
        self.assertEqual(run("--check-config", self.write("{}")).stdout, f"{file}: good\n")

    def test_reports_problems_of_the_file_and_of_plugins(self):
        file = self.write(
            '{"media": {"ports": [5000, 4000]},'
            ' "plugins": [{"name": "forwarding", "config": {"max_speakers": "many"}}, {"name": "nothing"}]}'
        )
        result = run("--check-config", file)
        self.assertEqual(result.returncode, 1)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 3, result.stderr)
        self.assertTrue(lines[0].startswith(f"{file}: /media/ports: [5000, 4000] is not allowed; allowed: "), lines[0])
        self.assertTrue(
            lines[1].startswith(f'{file}: /plugins/0/config/max_speakers: "many" is not allowed; allowed: '), lines[1]
        )
        self.assertTrue(lines[2].startswith(f"{file}: /plugins/1: "), lines[2])

    def test_does_not_serve_with_a_bad_configuration(self):
        file = self.write('{"http": {"listen": []}}')
        result = run("--config", file)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr,
            f"{file}: /http/listen: an array of exactly 0 elements is not allowed; "
            "allowed: an array of 1 to 16 elements\n",
        )

    def test_does_not_serve_without_a_required_plugin(self):
        file = self.write('{"http": {"listen": ["127.0.0.1:0"]}, "plugins": [{"name": "nothing", "required": true}]}')
        result = run("--config", file)
        self.assertEqual(result.returncode, 1)
        self.assertIn('the required plugin "nothing" failed', result.stderr)

    def test_prints_what_it_is_asked_for(self):
        self.assertRegex(run("--version").stdout, r"^veche \d+\.\d+\.\d+\n$")
        self.assertIn("--check-config FILE", run("--help").stdout)
        self.assertIn(run("--print-config-reference").stdout, (SOURCE / "docs/configuration.md").read_text())
        refused = run("--nonsense")
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(refused.stderr, 'veche: unknown argument "--nonsense"; see --help\n')

    def test_repairs_a_corrupt_event_log_and_only_that(self):
        log = self.directory / "events.db"
        file = self.write('{"http": {"listen": ["127.0.0.1:0"]}, "events": {"file": "events.db"}, "plugins": []}')
        missing = run("--repair-events", file)
        self.assertEqual(missing.returncode, 1)
        self.assertIn(f"there is no event log {log}", missing.stderr)
        log.write_bytes(b"x" * 8192)
        refused = run("--config", file)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"veche: the event log {log} is corrupt (file is not a database): veche --repair-events FILE", refused.stderr)
        repaired = run("--repair-events", file)
        self.assertEqual((repaired.returncode, repaired.stderr), (0, ""))
        (aside,) = self.directory.glob("events.db.corrupt-*")
        self.assertEqual(aside.read_bytes(), b"x" * 8192)
        self.assertIn(f"the corrupt event log is now {aside}; {log} is new", repaired.stdout)
        self.assertIn("is sound: nothing was changed", run("--repair-events", file).stdout)
        server = VecheServer(VECHE, "--config", file)
        self.addCleanup(server.kill)
        self.assertIn("in use by another process", run("--repair-events", file).stderr)
        server.stop()
        with contextlib.closing(sqlite3.connect(log)) as database:
            types = [row[0] for row in database.execute("SELECT type FROM events ORDER BY id")]
        self.assertEqual(types, ["events.gap", "server.started", "server.draining", "server.stopping"])
        no_file = run("--repair-events", self.write("{}"))
        self.assertEqual(no_file.returncode, 1)
        self.assertIn("events.file is empty", no_file.stderr)

    def serve(self, text):
        server = VecheServer(VECHE, "--config", self.write(text))
        self.addCleanup(server.kill)
        return server

    def test_serves_until_a_signal_ends_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.serve('{"http": {"listen": ["127.0.0.1:0"]}}')
            self.assertEqual(server.ask("GET", "/healthz")[0], 200)
            server.stop(number)

    def test_says_that_the_port_is_taken_and_ends_in_order(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            plugins = '[{"name": "forwarding"}, {"name": "metrics"}]'
            file = self.write(f'{{"http": {{"listen": ["{address}"]}}, "plugins": {plugins}}}')
            # A build with AddressSanitizer ends with another line if what has ended is read.
            result = run("--config", file)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f"veche: cannot listen on {address}", result.stderr.splitlines()[-1])

    def test_knows_after_a_restart_whom_the_backend_has_removed(self):
        text = json.dumps({
            "http": {"listen": ["127.0.0.1:0"]},
            "auth": {"keys": [{"id": "dev", "secret": "devsecret", "scopes": ["admin"]}],
                     "signing_keys": [{"kid": "dev", "secret": "devsigningsecret-for-trials-on-loopback"}]},
            "events": {"file": "events.db"}, "plugins": [],
        })
        server = self.serve(text)
        self.assertEqual(server.ask("PUT", "/v1/rooms/blue", {}, key="dev.devsecret")[0], 201)
        tokens = {}
        for name in ("ann", "bob"):
            _, invitation = server.ask("POST", "/v1/rooms/blue/participants", {"id": name}, key="dev.devsecret")
            tokens[name] = invitation["token"]
        self.assertEqual(server.ask("DELETE", "/v1/rooms/blue/participants/ann", key="dev.devsecret")[0], 204)
        server.stop()
        server = self.serve(text)
        self.assertEqual(server.ask("PUT", "/v1/rooms/blue", {}, key="dev.devsecret")[0], 201)
        status, problem = server.ask("GET", "/v1/rooms/blue/participants/ann", key=tokens["ann"])
        self.assertEqual((status, problem["type"]), (403, "/problems/participant-removed"))
        self.assertEqual(server.ask("GET", "/v1/rooms/blue/participants/bob", key=tokens["bob"])[0], 404)
        server.stop()

    def test_opens_no_library_at_sighup_that_waits_for_a_restart(self):
        library = self.directory / "late.so"
        shutil.copy(pathlib.Path(VECHE).parent / "plugins" / "metrics.so", library)
        server = self.serve('{"http": {"listen": ["127.0.0.1:0"]}}')
        mapped = pathlib.Path("/proc") / str(server.process.pid) / "maps"
        self.write(
            '{"http": {"listen": ["127.0.0.1:0"]}, '
            f'"plugins": [{{"name": "forwarding"}}, {{"name": "late", "path": "{library}"}}]}}'
        )
        server.send(signal.SIGHUP)
        server.wait_for("(a restart is needed for plugins)")
        self.assertNotIn(str(library), mapped.read_text())
        library.write_text("no library any more")
        start = len(server.log.text())
        server.send(signal.SIGHUP)
        server.wait_for("(late.so: not an ELF file)", start)
        server.stop()

    def test_opens_standard_descriptors_that_are_closed(self):
        file = self.write('{"http": {"listen": ["127.0.0.1:0"]}}')
        server = VecheServer("/bin/sh", "-c", 'exec "$0" --config "$1" 0<&- 1>&-', VECHE, file)
        self.addCleanup(server.kill)
        for number in (0, 1):
            self.assertEqual(os.readlink(f"/proc/{server.process.pid}/fd/{number}"), "/dev/null")
        server.stop()

    def test_listens_on_both_families_of_one_port(self):
        port = self.serve('{"http": {"listen": ["127.0.0.1:0"]}}').url.rpartition(":")[2]
        taken = self.write('{"http": {"listen": ["127.0.0.1:%s", "[::]:%s"]}}' % (port, port))
        self.assertIn(f"cannot listen on 127.0.0.1:{port}", run("--config", taken).stderr)
        for first, second, pointer in (("0.0.0.0:1", "0.0.0.0:1", 1), ("127.0.0.1:1", "0.0.0.0:1", 1), ("[::]:1", "[::1]:1", 1)):
            result = run("--check-config", self.write('{"http": {"listen": ["%s", "%s"]}}' % (first, second)))
            self.assertIn(f"/http/listen/{pointer}: ", result.stderr)
        good = self.write('{"http": {"listen": ["0.0.0.0:1", "[::]:1", "127.0.0.1:2", "[::1]:3", "[::]:0", "[::]:0"]}}')
        self.assertEqual(run("--check-config", good).stdout, f"{good}: good\n")

    def test_makes_a_key_if_there_is_none(self):
        server = self.serve('{"http": {"listen": ["127.0.0.1:0"]}}')
        key = server.output.wait_for(r"^API key of this run: (admin\.[0-9a-f]{32})\n$")
        self.assertTrue(key, server.output.text())
        self.assertEqual(server.ask("GET", "/v1/plugins")[0], 401)
        self.assertEqual(server.ask("GET", "/v1/plugins", key=key)[0], 200)
        server.stop()

    def test_makes_a_signing_key_of_this_run_if_there_is_none(self):
        text = (
            '{"http": {"listen": ["127.0.0.1:0"]}, "plugins": [],'
            ' "auth": {"keys": [{"id": "backend", "secret": "0123456789abcdef", "scopes": ["rooms"]}]}}'
        )
        key = "backend.0123456789abcdef"
        server = self.serve(text)
        server.wait_for("/auth/signing_keys: is empty")
        status, invited = server.ask("POST", "/v1/rooms/blue/participants", {"id": "ann"}, key)
        self.assertEqual(status, 201)
        ann, token = "/v1/rooms/blue/participants/ann", invited["token"]
        self.assertEqual(server.ask("GET", ann, key=token)[0], 200)
        server.send(signal.SIGHUP)
        server.wait_for("the configuration is reloaded")
        self.assertEqual(server.ask("GET", ann, key=token)[0], 200, "SIGHUP keeps the key")
        server.stop()
        again = self.serve(text)
        status, problem = again.ask("GET", ann, key=token)
        self.assertEqual((status, problem["detail"]), (401, "The join token names an unknown key."))
        again.stop()

    def test_uses_malloc_instead_of_slices_and_all_descriptors(self):
        server = self.serve('{"http": {"listen": ["127.0.0.1:0"]}}')
        process = pathlib.Path("/proc") / str(server.process.pid)
        self.assertIn(b"G_SLICE=always-malloc", (process / "environ").read_bytes().split(b"\0"))
        self.assertEqual((process / "comm").read_text(), "veche\n")
        limits = re.search(r"Max open files +(\d+) +(\d+)", (process / "limits").read_text())
        self.assertEqual(limits[1], limits[2])
        server.stop()


unittest.main()
