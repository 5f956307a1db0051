#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The SDK as an author of plugins meets it: installed, found with pkg-config, used by projects with builds of their own.

Builds examples/plugin-c, examples/plugin-cpp and both templates of `veche-plugin new`, inspects and checks them, and runs
the examples in the installed server. Usage: sdk_test.py SOURCE_ROOT BUILD_ROOT MESON VECHE_LOAD
"""
import contextlib
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "interop", "harness"))
from veche_server import VecheServer, write_configuration  # noqa: E402

KEY = "dev.devsecret"


def run(*command, cwd=None, status=0):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != status:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def install(build, meson, scratch):
    """Moves the installation as a whole, and makes it what pkg-config and the shell find."""
    run(meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", scratch)
    [bin_folder] = glob.glob(os.path.join(scratch, "**/bin"), recursive=True)
    [pc_file] = glob.glob(os.path.join(scratch, "**/veche-plugin.pc"), recursive=True)
    os.environ["PATH"] = bin_folder + os.pathsep + os.environ["PATH"]
    os.environ["PKG_CONFIG_PATH"] = os.path.dirname(pc_file)
    return bin_folder


def build_with_meson(folder, meson):
    run(meson, "setup", "build", cwd=folder)
    run(meson, "compile", "-C", "build", cwd=folder)
    run(meson, "test", "-C", "build", cwd=folder)
    run(meson, "install", "-C", "build", cwd=folder)


def build_with_cmake(folder, _):
    run("cmake", "-B", "build", cwd=folder)
    run("cmake", "--build", "build", cwd=folder)
    run("ctest", "--test-dir", "build", "--output-on-failure", cwd=folder)
    run("cmake", "--install", "build", cwd=folder)


def check_plugin(file, config, expected):
    shown = run("veche-plugin", "inspect", file)
    missing = [text for text in expected if text not in shown]
    if missing:
        sys.exit(f"inspect {file}: {missing} not in\n{shown}")
    run("veche-plugin", "check", file, "--config", config, "--cycles", "100")


@contextlib.contextmanager
def server(binary, folder, plugins, media=None):
    """A server on loopback with these plugins, found where they were installed. Gives a function for requests, and the URL."""
    sections = {"plugins": plugins, "auth": {"keys": [{"id": "dev", "secret": "devsecret", "scopes": ["admin"]}]},
                "rooms": {"auto_create": True}, "media": media or {}}
    with VecheServer(binary, "--config", str(write_configuration(folder, sections))) as running:

        def ask(method, path, body=None, status=200):
            actual, answer = running.ask(method, path, body, KEY)
            if actual != status:
                running.fail(f"{method} {path}: {actual}, not {status}: {answer}")
            return answer

        yield ask, running.url


def expect_running(ask, *names):
    states = {plugin["name"]: plugin["state"] for plugin in ask("GET", "/v1/plugins")["plugins"]}
    if states != dict.fromkeys(names, "running"):
        sys.exit(f"plugins: {states}")


def talk(load, folder, url, room):
    """Three people, load-0 to load-2, talk for two seconds. How many packets have arrived."""
    figures = os.path.join(folder, room + ".json")
    # Its own judgement expects that everybody is heard.
    done = subprocess.run([load, "--server", url, "--key", KEY, "--room", room, "--participants", "3", "--talkers", "3",
                           "--duration", "2", "--json", figures], capture_output=True, text=True, check=False)
    if not os.path.exists(figures):
        sys.exit(f"veche-load: {done.returncode}\n{done.stdout}{done.stderr}")
    with open(figures, encoding="utf-8") as file:
        return json.load(file)["packets"]["received"]


def drive_journal(binary, load, folder):
    lines = os.path.join(folder, "joins.txt")
    with server(binary, folder, [{"name": "forwarding"}, {"name": "journal", "config": {"file": lines}}]) as (ask, url):
        expect_running(ask, "forwarding", "journal")
        talk(load, folder, url, "blue")
    with open(lines, encoding="utf-8") as file:
        written = sorted(line.split(" ", 1)[1] for line in file.read().splitlines())
    if written != [f"load-{i} joined blue" for i in range(3)]:
        sys.exit(f"the journal wrote {written}")


def drive_stage(binary, load, folder):
    hosts = "/v1/plugins/stage/rooms/{}/hosts"
    plugins = [{"name": "stage", "required": True, "config": {"hosts": ["load-1"]}}]
    with server(binary, folder, plugins, media={"without_selector": "nobody"}) as (ask, url):
        expect_running(ask, "stage")
        ask("PUT", hosts.format("blue"), {"hosts": ["bob"]}, status=404)  # There is no such room.
        received = talk(load, folder, url, "red")
        # 50 packets a second for two listeners; three times as many if everybody were heard.
        if not 100 < received < 350:
            sys.exit(f"one host in a room of three: {received} packets arrived")
        ask("PUT", "/v1/rooms/blue", {}, status=201)
        answers = [ask("GET", hosts.format("blue")), ask("PUT", hosts.format("blue"), {"hosts": ["ann", "bob"]}),
                   ask("GET", hosts.format("blue"))]
        if answers != [{"hosts": ["load-1"]}, {"hosts": ["ann", "bob"]}, {"hosts": ["ann", "bob"]}]:
            sys.exit(f"the stage answered {answers}")
        received = talk(load, folder, url, "blue")
        if received != 0:
            sys.exit(f"no host is in the room, and {received} packets arrived")
        ask("PUT", hosts.format("blue"), {"hosts": "bob"}, status=400)
        ask("DELETE", "/v1/rooms/blue", status=204)
        ask("PUT", "/v1/rooms/blue", {}, status=201)
        if ask("GET", hosts.format("blue")) != {"hosts": ["load-1"]}:
            sys.exit("the list of a room that has ended is still there")
        ask("PATCH", "/v1/plugins/stage", {"enabled": False})
        received = talk(load, folder, url, "red")
        if received != 0:
            sys.exit(f"the stage is off, and {received} packets arrived")


def main():
    source, build, meson, load = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as scratch:
        bin_folder = install(build, meson, os.path.join(scratch, "installation"))
        projects = [("plugin-c", "journal", build_with_meson, '{"file": "/dev/null"}'),
                    ("plugin-cpp", "stage", build_with_cmake, '{"hosts": ["ann"]}')]
        for folder, name, build_it, config in projects:
            project = os.path.join(scratch, folder)
            shutil.copytree(os.path.join(source, "examples", folder), project, ignore=shutil.ignore_patterns("build"))
            build_it(project, meson)
            check_plugin(os.path.join(project, "build", name + ".so"), config, [f"org.example.{name}", "1.0.0"])
        for name, language, build_it in [("greetc", "c", build_with_meson), ("greetcpp", "cpp", build_with_cmake)]:
            run("veche-plugin", "new", name, "--language", language, cwd=scratch)
            run("veche-plugin", "new", name, "--language", language, cwd=scratch, status=1)  # It is there already.
            build_it(os.path.join(scratch, name), meson)
            check_plugin(os.path.join(scratch, name, "build", name + ".so"), "{}", [f"org.example.{name}", "0.1.0"])
        for drive in (drive_journal, drive_stage):
            folder = tempfile.mkdtemp(dir=scratch)
            drive(os.path.join(bin_folder, "veche"), load, folder)


main()
