# SPDX-License-Identifier: Apache-2.0
# What operators see of a plugin that crashes, ends the process or hangs. Usage: plugin_faults_test.py VECHE FOLDER_OF_PLUGINS
import http.client
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_server import VecheServer, write_configuration  # noqa: E402

VECHE = sys.argv.pop(1)
FOLDER = pathlib.Path(sys.argv.pop(1))
SECRET = "0123456789abcdef"
KEY = f"ops.{SECRET}"
# From the request to end until the process has ended, with time for a busy machine.
END_S = 12


class PluginFaults(unittest.TestCase):
    def configuration(self, where, how, file="breaks", log="text"):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        plugin = {"name": "stage", "path": str(FOLDER / f"{file}.so"), "config": {"where": where, "how": how}}
        return str(write_configuration(directory.name, {
            "auth": {"keys": [{"id": "ops", "secret": SECRET, "scopes": ["admin"]}]},
            "log": {"format": log}, "plugins": [plugin]}))

    def serve(self, where, how, **more):
        server = VecheServer(VECHE, "--config", self.configuration(where, how, **more))
        self.addCleanup(server.kill)
        return server

    def ask_if_alive(self, server, method, path, body):
        """The server may end before it answers."""
        try:
            return server.ask(method, path, body, KEY)
        except (OSError, http.client.HTTPException):
            return None

    def last_line(self, server):
        server.process.wait(END_S)
        return server.log.whole().splitlines()[-1]

    def test_a_crash_names_plugin_and_hook_in_the_last_line(self):
        for where, how, signal_name, file in (
            ("create", "crash", "SIGSEGV", "breaks"),
            ("create", "abort", "SIGABRT", "breaks"),
            ("", "", "SIGABRT in dlopen", "breaks_constructor"),
        ):
            done = subprocess.run([VECHE, "--config", self.configuration(where, how, file)],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertNotEqual(done.returncode, 0)
            # A sanitizer has its own report after it.
            self.assertIn(f'error main: the plugin "stage" has crashed the server: {signal_name}', done.stderr)
            if "Sanitizer" not in done.stderr:
                self.assertIn("has crashed the server", done.stderr.splitlines()[-1])
                self.assertEqual(done.returncode, -getattr(signal, signal_name.split()[0]))
        done = subprocess.run([VECHE, "--config", self.configuration("create", "exit")],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertIn('the plugin "stage" has ended the server: exit() in create', done.stderr)

    def test_a_crash_on_control_and_on_a_lane_too(self):
        server = self.serve("on_event", "abort", log="json")
        self.ask_if_alive(server, "PUT", "/v1/rooms/blue", {})
        lines = [line for line in self.last_line(server).splitlines() if line.startswith("{")]
        self.assertIn('"stage" has crashed the server: SIGABRT in observer.on_event', json.loads(lines[-1])["message"])
        server = self.serve("use_settings", "abort")
        self.ask_if_alive(server, "PUT", "/v1/rooms/blue", {})
        self.ask_if_alive(server, "PATCH", "/v1/rooms/blue", {"stage": {"x": 1}})
        self.assertIn("SIGABRT in selector.use_settings", self.last_line(server))

    def test_a_hang_is_named_and_the_process_ends_nevertheless(self):
        control, lane = self.serve("on_event", "hang"), self.serve("use_settings", "hang")
        self.assertEqual(control.ask("GET", "/healthz")[0], 200)
        # In the background: the answer does not come if the event is first.
        threading.Thread(target=self.ask_if_alive, args=(control, "PUT", "/v1/rooms/blue", {}), daemon=True).start()
        lane.ask("PUT", "/v1/rooms/blue", {}, KEY)
        self.assertEqual(lane.ask("PATCH", "/v1/rooms/blue", {"stage": {"x": 1}}, KEY)[0], 200)
        control.wait_for(r"(stage: observer\.on_event has not returned for 2 s: the control thread waits)")
        lane.wait_for(r"(stage: selector\.use_settings has not returned for 2 s: a lane waits)")
        control.send(signal.SIGTERM)
        status, plugin = lane.ask("GET", "/v1/plugins/stage", key=KEY)
        self.assertEqual((status, plugin["state"]), (200, "hanging"))
        self.assertIn("selector.use_settings has not returned", plugin["error"])
        status, problem = lane.ask("PATCH", "/v1/plugins/stage", {"enabled": False}, KEY)
        self.assertEqual(status, 503, problem)
        self.assertIn("selector.use_settings has not returned", problem["detail"])
        lane.send(signal.SIGINT)
        for server, hook in (control, "observer.on_event"), (lane, "selector.use_settings"):
            self.assertIn(f'the server ends without its plugin "stage": {hook} has not returned for',
                          self.last_line(server))
            self.assertEqual(server.process.returncode, 1)


unittest.main()
