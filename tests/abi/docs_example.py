#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what docs/plugins.md tells its reader: writes the files, runs the build commands, loads the plugins.

A line <!-- file: NAME --> says that the next code block is that file; <!-- run: NAME --> that the next block is what the
plugin of that configuration logs. Usage: docs_example.py PAGE INCLUDE_DIR VERSION_SCRIPT LOADER
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# What the SDK is found with, once it is installed.
PKG_CONFIG = "$(pkg-config --cflags --libs veche-plugin)"
BLOCK = re.compile(r"(?:<!-- (file|run): (\S+) -->\n+)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_files(blocks, folder):
    """Every block of C or C++ has to be a whole file: what is not compiled goes wrong unseen."""
    for kind, name, language, text in blocks:
        if language in ("c", "cpp") and kind != "file":
            sys.exit(f"a block of code has no file name:\n{text}")
        if kind == "file":
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)


def build(blocks, folder, include, version_script):
    built = 0
    for _, _, language, text in blocks:
        for line in text.splitlines() if language == "sh" else []:
            if line.startswith(("cc ", "c++ ")):
                command = shlex.split(line.replace(PKG_CONFIG, f"-I {include} -Wl,--version-script={version_script}"))
                subprocess.run(command + ["-Werror", "-Wpedantic"], cwd=folder, check=True)
                built += 1
    return built


def run(config_file, expected, folder, loader):
    with open(os.path.join(folder, config_file), encoding="utf-8") as file:
        plugin = json.load(file)["plugins"][0]
    command = [loader, plugin["name"], plugin["path"], json.dumps(plugin.get("config", {}))]
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
    missing = [line for line in expected.splitlines() if line not in done.stderr]
    if done.returncode != 0 or missing:
        sys.exit(f"{config_file}: status {done.returncode}, not logged: {missing}, logged:\n{done.stderr}")


def main():
    page, include, version_script, loader = map(os.path.abspath, sys.argv[1:5])
    with open(page, encoding="utf-8") as file:
        blocks = BLOCK.findall(file.read())
    runs = [(name, text) for kind, name, _, text in blocks if kind == "run"]
    with tempfile.TemporaryDirectory() as folder:
        write_files(blocks, folder)
        sources = [name for _, name, language, _ in blocks if language in ("c", "cpp")]
        built = build(blocks, folder, include, version_script)
        if built != len(sources) or not runs:
            sys.exit(f"{page}: {len(sources)} sources, {built} build commands, {len(runs)} runs")
        for config_file, expected in runs:
            run(config_file, expected, folder, loader)


main()
