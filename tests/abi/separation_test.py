#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Core and plugins know each other by the interface alone. Usage: separation_test.py SOURCE_ROOT BUILD_ROOT

The include lines of plugins are tests/layers_test.py's; this looks at what they are compiled with, and at names in the core.
"""
import json
import os
import re
import shlex
import sys

COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.DOTALL)
# The configuration that a server has without a file.
ALLOWED = {("core/main/config_schema_plugins.cpp", "forwarding")}
# What is a plugin's name and a word of the API besides: a scope, and a field of what plugins are shown as.
WORDS = {"metrics": re.compile(r'"metrics"')}


def include_folders(entry):
    words = shlex.split(entry["command"]) if "command" in entry else entry["arguments"]
    for i, word in enumerate(words):
        if word in ("-I", "-isystem", "-iquote"):
            yield words[i + 1]
        elif word.startswith("-I"):
            yield word[2:]


def check_compile_arguments(source, build):
    """Include folders of this project that a plugin is compiled with, beyond the interface and the plugins."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    plugins = os.path.join(source, "plugins")
    allowed = {plugins, os.path.join(source, "core/include")}
    count = 0
    for entry in commands:
        # Tests compile some of these sources too, with more.
        if not entry["output"].startswith("plugins" + os.sep):
            continue
        count += 1
        for folder in include_folders(entry):
            full = os.path.realpath(os.path.join(entry["directory"], folder))
            own = full.startswith(plugins + os.sep) or full.startswith(build + os.sep)
            if full.startswith(source + os.sep) and not own and full not in allowed:
                yield f"{entry['output']}: is compiled with {os.path.relpath(full, source)}"
    if count == 0:
        yield "compile_commands.json names no source of a plugin"


def check_names(source):
    """Strings and identifiers of the core that name a plugin of this tree."""
    names = [name for name in sorted(os.listdir(os.path.join(source, "plugins")))
             if os.path.isdir(os.path.join(source, "plugins", name))]
    if not names:
        yield "there is no plugin"
    for folder, _, files in os.walk(os.path.join(source, "core")):
        for file_name in files:
            if not file_name.endswith((".h", ".hpp", ".cpp")):
                continue
            path = os.path.relpath(os.path.join(folder, file_name), source)
            with open(os.path.join(source, path), encoding="utf-8") as file:
                code = COMMENT.sub("", file.read())
            for name in names:
                # In quotation marks, as a namespace, or as a part of a file's path.
                pattern = rf'"{name}"|\b{name}::|{name}\.so|plugins/{name}|org\.veche\.{name}'
                if name in WORDS:
                    code = WORDS[name].sub("", code)
                if re.search(pattern, code) and (path, name) not in ALLOWED:
                    yield f"{path}: names the plugin {name}"


def main():
    source, build = map(os.path.realpath, sys.argv[1:3])
    violations = [*check_compile_arguments(source, build), *check_names(source)]
    if violations:
        sys.exit("\n".join(violations))


main()
