#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a file includes what its layer must not know: dependencies point downwards only.

Usage: layers_test.py SOURCE_ROOT. Before it looks at the sources it proves, on samples, that it finds each violation.
"""
import os
import re
import sys
import tempfile

# What each layer of core/ may include beside itself; everybody may include the plugin interface, include/veche.
BELOW = {
    "include": set(),
    "base": set(),
    "glib": {"base"},
    "rtp": {"base"},
    "sdp": {"base"},
    "media": {"sdp", "rtp", "glib", "base"},
    "room": {"media", "sdp", "rtp", "glib", "base"},
    "events": {"room", "media", "sdp", "rtp", "glib", "base"},
    "plugin": {"events", "room", "media", "sdp", "rtp", "glib", "base"},
    "http": {"plugin", "events", "room", "media", "sdp", "rtp", "glib", "base"},
    "main": {"http", "plugin", "events", "room", "media", "sdp", "rtp", "glib", "base"},
}
# The storeys of a layer: which of its other folders each folder may include; "." is the layer's own folder. No circle can
# hide in them, because a folder may include only those that stand above it here.
FOLDERS = {
    "media": {
        ".": set(),
        "ice": {"."},
        "feed": {"."},
        "lane": {".", "feed"},
        "peer": {".", "feed", "lane"},
        "wire": {".", "ice", "feed", "lane", "peer"},
        "pipeline": {".", "feed", "lane", "peer"},
        "tap": {".", "feed", "peer"},
        "session": {".", "feed", "lane", "peer", "wire", "pipeline", "tap"},
        "engine": {".", "ice", "feed", "lane", "peer", "wire", "pipeline", "tap", "session"},
    },
    "http": {
        "protocol": set(),
        "connection": {"protocol"},
        "auth": {"protocol", "connection"},
        "openapi": {"protocol"},
        "api": {"protocol", "connection", "auth", "openapi"},
        ".": {"protocol", "connection", "auth", "openapi", "api"},
    },
}
# Layers of which others include only what lies in the layer's own folder.
FACES = {"media"}
# The owners of a library; nobody else may include it.
OWNERS = {
    re.compile(r"boost/dll"): {"core/plugin"},
    re.compile(r"libsoup/"): {"core/http", "tools/veche-load"},
    re.compile(r"sqlite3\.h$"): {"core/events"},
    re.compile(r"curl/"): {"core/events"},
}
# What a plugin may include from outside, besides the standard library.
PLUGIN_LIBRARIES = {
    "plugins/adaptive": re.compile(r"json-glib/"),
    "plugins/metrics": re.compile(r"prometheus/"),
    "plugins/recording": re.compile(
        r"(gst|gio|glib|json-glib|opus|sys)/|(dirent|fcntl|glib|glib-unix|malloc|opus|poll|pthread|spawn|unistd)\.h$"),
}
# The plugin interface hands over open files, and the wrapper closes those that nobody took.
DESCRIPTORS = "unistd.h"
PURE = {"core/include", "core/base", "core/rtp", "core/sdp"}
GLIB = re.compile(r"(gst|gio|glib|gobject|json-glib|nice)/|(glib|glib-object|glib-unix|gmodule)\.h$")
C_LIBRARY = set("""assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign
    stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar
    wctype""".split())
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SOURCES = (".h", ".hpp", ".c", ".cpp")


def is_standard(name):
    return re.fullmatch(r"[a-z_0-9]+", name) or (name.endswith(".h") and name[:-2] in C_LIBRARY)


def folder_of(path):
    """The folder inside its layer in which a file lies; "." for the layer's own."""
    parts = path.split("/")
    return parts[2] if len(parts) > 3 else "."


class Checker:
    def __init__(self, root):
        self.root = root
        self.violations = []
        self.files = 0

    def run(self):
        for top in ("core", "plugins", "tools"):
            for folder, _, names in os.walk(os.path.join(self.root, top)):
                for name in names:
                    if name.endswith(SOURCES):
                        self.check_file(os.path.relpath(os.path.join(folder, name), self.root))
        return self

    def check_file(self, path):
        self.files += 1
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            text = file.read()
        unit = "/".join(path.split("/")[:2])
        for bracket, name in INCLUDE.findall(text):
            reason = self.find_reason(path, unit, bracket, name)
            if reason:
                self.violations.append(f"{path}: includes {name}: {reason}")

    def find_reason(self, path, unit, bracket, name):
        """Why this file must not include that, or None."""
        for library, owners in OWNERS.items():
            if library.match(name) and unit not in owners:
                return "only " + " and ".join(sorted(owners)) + " may"
        target = self.resolve(path, bracket, name)
        if target is None:
            return self.find_external_reason(unit, name)
        target_unit = "/".join(target.split("/")[:2])
        if target_unit == unit:
            return self.find_storey_reason(path, target)
        if target_unit == "core/include":
            return None
        if unit.startswith("plugins/"):
            return "a plugin knows veche/*.h, its own files and the standard library"
        top, layer = target_unit.split("/")
        allowed = set(BELOW) - {"main"} if unit.startswith("tools/") else BELOW.get(unit.split("/")[1])
        if allowed is None:
            return f"{unit} is no known layer"
        if top != "core" or layer not in allowed:
            return f"{target_unit} does not stand below {unit}"
        if layer in FACES and target.count("/") > 2:
            return f"of {target_unit} others include its face alone, {target_unit}/*.hpp"
        return None

    def find_storey_reason(self, path, target):
        """Why this file must not include that one of its own layer, or None."""
        top, layer = path.split("/")[:2]
        folders = FOLDERS.get(layer) if top == "core" else None
        if folders is None:
            return None
        here, there = (folder_of(name) for name in (path, target))
        if here not in folders:
            return f"{here} is no known folder of {layer}"
        if there != here and there not in folders[here]:
            return f"{there} does not stand below {here}"
        return None

    def find_external_reason(self, unit, name):
        if unit in PURE and GLIB.match(name):
            return f"{unit} does without GLib and GStreamer"
        if unit == "core/include" and not is_standard(name) and name != DESCRIPTORS:
            return "the plugin interface depends on nothing"
        libraries = PLUGIN_LIBRARIES.get(unit)
        if unit.startswith("plugins/") and not is_standard(name) and not (libraries and libraries.match(name)):
            return "a plugin knows veche/*.h, its own files and the standard library"
        return None

    def resolve(self, path, bracket, name):
        """The file of this project that is meant, or None for one from outside."""
        folders = [os.path.dirname(path)] if bracket == '"' else []
        folders += ["core", "core/include"]
        if path.startswith(("plugins/", "tools/")):
            folders.append(path.split("/")[0])
        for folder in folders:
            target = os.path.normpath(os.path.join(folder, name))
            if os.path.isfile(os.path.join(self.root, target)):
                return target
        return None


SOUND = {
    "core/include/veche/plugin.h": "#include <stdint.h>",
    "core/base/a.hpp": "#include <string>\n#include <sys/socket.h>",
    "core/glib/a.hpp": '#include <gst/gst.h>\n#include "base/a.hpp"',
    "core/rtp/a.hpp": '#include "base/a.hpp"',
    "core/sdp/a.hpp": '#include "base/a.hpp"',
    "core/media/a.hpp": '#include <veche/plugin.h>\n#include "rtp/a.hpp"\n#include "glib/a.hpp"',
    "core/media/lane/a.hpp": '#include "media/a.hpp"',
    "core/media/wire/b.hpp": '#include "media/a.hpp"\n#include "../a.hpp"\n#include "media/lane/a.hpp"',
    "core/media/engine/a.hpp": '#include "media/wire/b.hpp"\n#include "media/lane/a.hpp"',
    "core/room/a.hpp": '#include "media/a.hpp"',
    "core/events/a.hpp": '#include <sqlite3.h>\n#include "room/a.hpp"',
    "core/plugin/a.hpp": '#include <boost/dll/shared_library.hpp>\n#include "room/a.hpp"',
    "core/http/protocol/a.hpp": "",
    "core/http/api/a.hpp": '#include "http/protocol/a.hpp"',
    "core/http/a.hpp": '#include <libsoup/soup.h>\n#include "plugin/a.hpp"\n#include "http/api/a.hpp"',
    "core/main/a.cpp": '#include "http/a.hpp"',
    "plugins/one/a.hpp": "#include <vector>\n#include <string.h>",
    "plugins/one/b.cpp": '#include <veche/plugin.h>\n#include "one/a.hpp"\n#include "a.hpp"',
    "plugins/two/a.hpp": "",
    "tools/load/a.cpp": '#include <gst/gst.h>\n#include "rtp/a.hpp"',
}
# Each of them, put into the sound tree, is one violation.
VIOLATIONS = [
    ("core/base/x.cpp", '#include "rtp/a.hpp"'),
    ("core/base/x.cpp", "#include <glib.h>"),
    ("core/rtp/x.cpp", "#include <gst/gst.h>"),
    ("core/rtp/x.cpp", '#include "glib/a.hpp"'),
    ("core/rtp/x.cpp", "# include <glib/a.hpp>"),
    ("core/sdp/x.cpp", "#include <gst/gst.h>"),
    ("core/sdp/x.cpp", '#include "rtp/a.hpp"'),
    ("core/glib/x.cpp", '#include "rtp/a.hpp"'),
    ("core/media/x.cpp", '#include "room/a.hpp"'),
    ("core/media/wire/x.cpp", '#include "../../room/a.hpp"'),
    ("core/media/x.cpp", '#include "media/engine/a.hpp"'),
    ("core/media/x.cpp", '#include "lane/a.hpp"'),
    ("core/media/ice/x.cpp", '#include "media/lane/a.hpp"'),
    ("core/media/lane/x.cpp", '#include "media/wire/b.hpp"'),
    ("core/media/lane/x.cpp", '#include "../wire/b.hpp"'),
    ("core/media/pipeline/x.cpp", '#include "media/wire/b.hpp"'),
    ("core/media/new/x.cpp", '#include "media/a.hpp"'),
    ("core/room/x.cpp", '#include "media/lane/a.hpp"'),
    ("tools/load/x.cpp", '#include "media/engine/a.hpp"'),
    ("core/http/protocol/x.cpp", '#include "http/api/a.hpp"'),
    ("core/http/api/x.cpp", '#include "http/a.hpp"'),
    ("core/room/x.cpp", '#include "plugin/a.hpp"'),
    ("core/room/x.cpp", '#include "events/a.hpp"'),
    ("core/events/x.cpp", '#include "plugin/a.hpp"'),
    ("core/http/x.cpp", "#include <sqlite3.h>"),
    ("core/plugin/x.cpp", '#include "http/a.hpp"'),
    ("core/http/x.cpp", '#include "main/a.cpp"'),
    ("core/http/x.cpp", "#include <boost/dll.hpp>"),
    ("core/http/x.cpp", "#include <curl/curl.h>"),
    ("core/main/x.cpp", "#include <libsoup/soup.h>"),
    ("core/main/x.cpp", '#include "../../plugins/one/a.hpp"'),
    ("core/new/x.cpp", '#include "base/a.hpp"'),
    ("core/include/veche/x.h", "#include <glib.h>"),
    ("plugins/one/x.cpp", '#include "base/a.hpp"'),
    ("plugins/one/x.cpp", '#include "two/a.hpp"'),
    ("plugins/one/x.cpp", "#include <glib.h>"),
    ("tools/load/x.cpp", "#include <boost/dll/import.hpp>"),
    ("tools/load/x.cpp", '#include "one/a.hpp"\n#include "../../plugins/one/a.hpp"'),
]


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def check_storeys():
    """Each folder includes only folders above it in the table, so that there is no circle."""
    for layer, folders in FOLDERS.items():
        above = set()
        for folder, allowed in folders.items():
            if not allowed <= above:
                sys.exit(f"{layer}/{folder} includes {sorted(allowed - above)}, which FOLDERS lists below it or not at all")
            above.add(folder)


def test_itself():
    check_storeys()
    with tempfile.TemporaryDirectory() as root:
        for path, text in SOUND.items():
            write(root, path, text)
        found = Checker(root).run().violations
        if found:
            sys.exit("self-test: the sound tree has violations:\n" + "\n".join(found))
        for path, text in VIOLATIONS:
            write(root, path, text)
            found = Checker(root).run().violations
            if len(found) != 1 or not found[0].startswith(path):
                sys.exit(f"self-test: {path} with {text} gives {found}")
            os.remove(os.path.join(root, path))


def main():
    test_itself()
    checker = Checker(sys.argv[1]).run()
    print("\n".join(checker.violations))
    if checker.violations or checker.files == 0:
        sys.exit(1)
    print(f"{checker.files} files depend downwards only")


main()
