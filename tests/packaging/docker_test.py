# SPDX-License-Identifier: Apache-2.0
"""The Dockerfile as far as it can be checked without Docker: what it names exists, and its health check tells health from death.

Usage: docker_test.py SOURCE_ROOT VECHE PLUGINS
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

from steps import run
from veche_server import VecheServer, write_configuration  # steps has put it on the path

DOCKERFILE = "packaging/docker/Dockerfile"


def instructions(file):
    """(name, rest) of each instruction, lines joined."""
    with open(file, encoding="utf-8") as lines:
        text = "".join(line for line in lines if not line.startswith("#"))
    return [tuple(line.split(maxsplit=1)) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def check_copies(source, steps):
    stages = [rest.split(" AS ")[1] for name, rest in steps if name == "FROM" and " AS " in rest]
    for words in (rest.split() for name, rest in steps if name == "COPY"):
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages, words
            continue
        for path in words[:-1]:
            assert glob.glob(os.path.join(source, path)), f"COPY {path}: there is no such file"


def check_commands(source, steps):
    """Programs of the tree exist; nothing is installed but by the project's own lists and packages."""
    commands = [command.strip() for name, rest in steps if name == "RUN" for command in rest.split("&&")]
    with open(os.path.join(source, "Makefile"), encoding="utf-8") as file:
        targets = re.findall(r"^([a-z-]+):", file.read(), re.MULTILINE)
    for words in (command.split() for command in commands):
        if words[0] == "make":
            assert words[1] in targets, words
        if words[0].startswith("scripts/"):
            assert all(os.path.exists(os.path.join(source, path)) for path in words), words
        if words[:2] == ["apt-get", "install"]:
            assert all(word.startswith("-") or word == "/tmp/veche_*.deb" for word in words[2:]), words


def check_user(source, steps):
    last = {name: rest for name, rest in steps}
    with open(os.path.join(source, "packaging/debian/postinst"), encoding="utf-8") as file:
        assert re.search(rf"useradd .* {last['USER']}$", file.read(), re.MULTILINE), last["USER"]
    assert json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"]) == ["/usr/bin/veche", "--config", "/etc/veche/veche.json"]


def check_health(steps, veche, plugins):
    [rest] = [rest for name, rest in steps if name == "HEALTHCHECK"]
    command = json.loads(rest[rest.index("["):])
    with tempfile.TemporaryDirectory() as folder:
        config = write_configuration(folder, {"plugin_dirs": [plugins]})
        with VecheServer(veche, "--config", str(config)) as server:
            environment = {**os.environ, "VECHE_HTTP_PORT": server.url.rsplit(":", 1)[1]}
            run(*command, env=environment)
    dead = subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False)
    assert dead.returncode != 0, "a server that is not there passes for healthy"


def main():
    source, veche, plugins = sys.argv[1:]
    steps = instructions(os.path.join(source, DOCKERFILE))
    check_copies(source, steps)
    check_commands(source, steps)
    check_user(source, steps)
    check_health(steps, veche, plugins)


main()
