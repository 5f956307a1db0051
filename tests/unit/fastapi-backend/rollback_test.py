# SPDX-License-Identifier: Apache-2.0
# docs/rollout.md: its one command that takes everybody back to the mesh, against a running backend, and the measures that it names.
import asyncio
import json
import os
import pathlib
import re
import socket
import subprocess
import threading

import httpx
import uvicorn
from app_fixture import Veche, settings
from backend.app import create_app
from backend.counters import METRICS
from veche_client import NO_RETRIES, AsyncClient

SOURCE = pathlib.Path(__file__).parents[3]
OPERATOR = "o" * 32


def command():
    text = (SOURCE / "docs/rollout.md").read_text()
    [found] = re.findall(r"<!-- test: rollback -->\n```sh\n(.*?)\n```", text, re.DOTALL)
    assert "\n" not in found, "it is one command"
    return found


def run(url, token):
    environment = os.environ | {"BACKEND_URL": url, "BACKEND_OPERATOR_TOKEN": token, "no_proxy": "*"}
    return subprocess.run(["bash", "-c", command()], env=environment, capture_output=True, text=True, timeout=30)


def test_one_command_rolls_back(tmp_path):
    client = AsyncClient("http://veche", "id.secret", transport=httpx.MockTransport(Veche().handle), policy=NO_RETRIES)
    app = create_app(settings(tmp_path, operator_token=OPERATOR), client)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        refused = run(url, "wrong")
        assert refused.returncode != 0 and "401" in refused.stderr
        assert app.state.context.transports.policy.kill_switch is False
        done = run(url, OPERATOR)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["kill_switch"] is True
        assert app.state.context.transports.policy.kill_switch is True
    finally:
        server.should_exit = True
        thread.join()


def test_the_measures_to_watch_are_there():
    text = (SOURCE / "docs/rollout.md").read_text()
    listed = set(re.findall(r"^\| `([a-z0-9_]+)` \| (?:counter|gauge|histogram) \|", (SOURCE / "docs/metrics.md").read_text(), re.MULTILINE))
    rules = {name: (SOURCE / f"examples/grafana/{name}.yml").read_text() for name in ("alerts", "rollout-alerts")}
    alerts = set(re.findall(r"alert: (\w+)", "".join(rules.values())))
    own = {re.sub(r"_(sum|bucket|count)$", "", name) for name in METRICS}
    named = {re.sub(r"_(sum|bucket|count|)$", "", name) for name in re.findall(r"\b(?:voice_backend|veche)_[a-z0-9_]+", text + rules["rollout-alerts"])}
    assert len(named) > 10
    assert named <= listed | own, named - listed - own
    assert set(re.findall(r"`((?:Veche|Voice)[A-Z]\w+)`", text)) - {"VoiceClient"} <= alerts
