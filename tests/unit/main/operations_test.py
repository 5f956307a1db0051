# SPDX-License-Identifier: Apache-2.0
# What operators do to the program `veche`: drain, reload, and TLS with certificates that openssl makes and curl checks.
import fcntl
import json
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_server import VecheServer, write_configuration  # noqa: E402

VECHE = sys.argv.pop(1)
SECRET = "0123456789abcdef"
SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, of fcntl(2); Python 3.10 has a name for it.
KEYS = {"keys": [{"id": "ops", "secret": SECRET, "scopes": ["admin"]}]}


class Server(VecheServer):
    """A server whose configuration changes while it runs."""

    def __init__(self, test, directory, **sections):
        self.directory = directory
        self.sections = {"auth": KEYS, **sections}
        self.file = self.write()
        super().__init__(VECHE, "--config", str(self.file))
        test.addCleanup(self.kill)

    def write(self):
        return write_configuration(self.directory, self.sections)

    def reload(self, expected="the configuration is reloaded", **sections):
        self.sections.update(sections)
        self.write()
        start = len(self.log.text())
        self.send(signal.SIGHUP)
        self.wait_for(expected, start)
        return self.log.text()[start:]

    def api(self, method, path, body=None, key=f"ops.{SECRET}"):
        return self.ask(method, path, body, key)


class Operations(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def certificate(self, name):
        """Self-signed, for 127.0.0.1."""
        pem, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-keyout", key, "-out", pem, "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True, capture_output=True)
        return {"certificate": str(pem), "key": str(key)}

    def test_ends_when_it_has_drained(self):
        server = Server(self, self.directory)
        self.assertEqual(server.api("POST", "/v1/server/drain", {"deadline_s": 300})[0], 200)
        server.ended()

    def test_ends_by_every_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = Server(self, self.directory)
            server.stop(number)

    def test_serves_and_ends_while_nobody_reads_its_log(self):
        file = write_configuration(self.directory, {"auth": KEYS, "plugins": []})
        process = subprocess.Popen([VECHE, "--config", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        fcntl.fcntl(process.stderr, SET_PIPE_SIZE, 4096)
        line = b""
        while b"listening on " not in line:
            line = process.stderr.readline()
        url = line.split()[-1].decode()
        for number in range(150):
            request = urllib.request.Request(f"{url}/v1/rooms/room-{number}", method="PUT")
            request.add_header("Authorization", f"Bearer ops.{SECRET}")
            with urllib.request.urlopen(request, timeout=5) as answer:
                self.assertEqual(answer.status, 201)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)

    def test_reloads_keys_limits_and_the_log(self):
        server = Server(self, self.directory, plugins=[])
        keys = {"keys": [{"id": "new", "secret": SECRET[::-1], "scopes": ["admin"]}]}
        server.reload(auth=keys, rooms={"max_participants": 5})
        self.assertEqual(server.api("GET", "/v1/server")[0], 401)
        status, room = server.api("PUT", "/v1/rooms/blue", {"metadata": {}}, "new." + SECRET[::-1])
        self.assertEqual((status, room["max_participants"]), (201, 5))
        server.reload('"message":"the configuration is reloaded', log={"format": "json"})
        server.stop()

    def test_says_what_needs_a_restart_until_it_is_taken_back(self):
        server = Server(self, self.directory, plugins=[])
        log = server.reload("a restart is needed for", media={"lanes": 3}, plugins=[{"name": "forwarding"}])
        self.assertIn("a restart is needed for media.lanes, plugins\n", log)
        self.assertEqual(server.api("GET", "/v1/server")[1]["restart_needed"], ["media.lanes", "plugins"])
        server.reload(media={}, plugins=[])
        self.assertEqual(server.api("GET", "/v1/server")[1]["restart_needed"], [])

    def test_a_bad_file_changes_nothing_and_all_its_problems_are_logged(self):
        server = Server(self, self.directory, plugins=[{"name": "forwarding", "config": {"max_speakers": 3}}])
        log = server.reload(
            "nothing has changed", media={"ports": [5000, 4000]}, auth={"keys": []},
            plugins=[{"name": "forwarding", "config": {"max_speakers": "many"}}])
        self.assertIn("configuration: /media/ports: ", log)
        self.assertIn("configuration: /plugins/0/config/max_speakers: ", log)
        self.assertEqual(server.api("GET", "/v1/server")[0], 200)
        server.file.unlink()
        server.send(signal.SIGHUP)
        server.wait_for("No such file or directory[^$]*nothing has changed")
        self.assertEqual(server.api("GET", "/v1/server")[0], 200)

    def test_makes_a_key_when_the_file_has_none_any_more(self):
        server = Server(self, self.directory, plugins=[])
        server.reload()
        server.reload(auth={"keys": []})
        key = server.output.wait_for(r"API key of this run: (admin\.[0-9a-f]{32})")
        self.assertEqual(server.api("GET", "/v1/server", key=key)[0], 200)

    def curl(self, server, path, trusted, *more):
        return subprocess.run(
            ["curl", "-sS", "--cacert", trusted["certificate"], "-H", f"Authorization: Bearer ops.{SECRET}", *more]
            + [server.url + path], capture_output=True, text=True, timeout=20)

    def test_serves_tls_and_takes_a_new_certificate(self):
        first, second = self.certificate("first"), self.certificate("second")
        server = Server(self, self.directory, http={"tls": first})
        self.assertTrue(server.url.startswith("https://"))
        answer = self.curl(server, "/v1/server", first)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(json.loads(answer.stdout)["addresses"], [server.url])
        for version, accepted in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            old = subprocess.run(
                ["openssl", "s_client", "-connect", server.url[8:], version, "-cipher", "ALL:@SECLEVEL=0"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
            self.assertEqual("Cipher is (NONE)" not in old.stdout, accepted, version + old.stdout + old.stderr)
        self.assertNotEqual(self.curl(server, "/v1/server", second).returncode, 0)
        # The same files with other content count too.
        for name in ("certificate", "key"):
            pathlib.Path(first[name]).write_text(pathlib.Path(second[name]).read_text())
        self.assertNotEqual(self.curl(server, "/v1/server", second).returncode, 0)
        port = int(server.url.rsplit(":", 1)[1])
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as old:
            server.reload()
            old.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"200 OK", old.recv(4096))
        answer = self.curl(server, "/v1/server", second)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        log = server.reload("nothing has changed", http={"tls": {**first, "key": "/nowhere"}})
        self.assertIn("/http/tls: Failed to open file", log)
        self.assertEqual(self.curl(server, "/v1/server", second).returncode, 0)
        server.stop()

    def test_does_not_start_without_its_certificate(self):
        for tls, reason in (
            ({"certificate": "no.pem", "key": "no.key"}, "/http/tls: Failed to open file .*no.pem.*No such file"),
            ({"certificate": "no.pem"}, "/http/tls: one of certificate and key is missing"),
            ({**self.certificate("a"), "key": self.certificate("b")["key"]}, "/http/tls: the key in .* is not that of"),
        ):
            file = self.directory / "veche.json"
            file.write_text(json.dumps({"http": {"tls": tls}}))
            result = subprocess.run([VECHE, "--config", str(file)], capture_output=True, text=True, timeout=20)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, reason)


unittest.main()
