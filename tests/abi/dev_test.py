#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`veche-plugin dev` builds, loads, builds again and loads again. Usage: dev_test.py TOOL"""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

# Writes down each start, with the plugin as it is then, and its end.
SERVER = """#!/usr/bin/env python3
import json, signal, sys
plugin = json.load(open(sys.argv[2]))["plugins"][0]
def note(text):
    with open("build/started.log", "a", encoding="utf-8") as file:
        file.write(text + "\\n")
def end(*_):
    note("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note(f"{plugin['name']} {json.dumps(plugin['config'])} {open(plugin['path']).read().strip()}")
while True:
    signal.pause()
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def log(folder):
    try:
        with open(os.path.join(folder, "build", "started.log"), encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def said(output):
    with open(output, encoding="utf-8") as file:
        return file.read()


def wait_for(folder, expected, output, words=""):
    """Until the fake server has written that, and the tool has said the words."""
    deadline = time.monotonic() + 20
    while log(folder) != expected or words not in said(output):
        if time.monotonic() > deadline:
            sys.exit(f"{log(folder)}, not {expected}, or not \"{words}\"; the tool said:\n{said(output)}")
        time.sleep(0.05)


def main():
    tool = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as elsewhere:
        server, output = os.path.join(elsewhere, "server"), os.path.join(elsewhere, "output")
        write(server, SERVER)
        os.chmod(server, 0o755)
        write(os.path.join(folder, "stage.txt"), "one")
        os.mkdir(os.path.join(folder, "build"))
        command = [tool, "dev", "build/stage.so", "--build", "grep -v broken stage.txt > build/new && mv build/new build/stage.so",
                   "--config", json.dumps({"hosts": ["ann"]}), "--server", server]
        with open(output, "w", encoding="utf-8") as file:
            # What the fake server writes is in a folder that is no source.
            with subprocess.Popen(command, cwd=folder, stdout=file, stderr=file) as running, contextlib.ExitStack() as at_end:
                at_end.callback(running.terminate)
                one, two = 'stage {"hosts": ["ann"]} one', 'stage {"hosts": ["ann"]} two'
                wait_for(folder, [one], output)
                write(os.path.join(folder, "stage.txt"), "broken")
                wait_for(folder, [one], output, "the build has failed")
                write(os.path.join(folder, "stage.txt"), "two")
                wait_for(folder, [one, "end", two], output)
                running.send_signal(signal.SIGINT)
                if running.wait(20) != 0:
                    sys.exit(f"status {running.returncode}")
                wait_for(folder, [one, "end", two, "end"], output)
        left = [name for name in os.listdir(tempfile.gettempdir()) if name == f"veche-plugin-dev-{running.pid}.json"]
        if left:
            sys.exit(f"it has left {left}")


main()
