# SPDX-License-Identifier: Apache-2.0
"""The Debian packages from outside: fields, files, modes, reproducible; unpacked anywhere, the server runs.

Usage: deb_test.py SOURCE_ROOT BUILD_ROOT PACKAGES
"""
import filecmp
import os
import re
import sys
import tempfile

from steps import packages_in, run
from veche_server import VecheServer  # steps has put it on the path

MODES = {
    "./etc/veche/veche.json": "-rw-r-----",
    "./usr/bin/veche": "-rwxr-xr-x",
    "./usr/bin/veche-plugin": "-rwxr-xr-x",
    "./lib/systemd/system/veche.service": "-rw-r--r--",
    "./usr/share/doc/veche/copyright": "-rw-r--r--",
    "./usr/share/doc/veche/docs/operations.md": "-rw-r--r--",
}
DEV_FILES = ["./usr/include/veche/plugin.h", "./usr/include/veche/plugin.hpp", "./usr/share/veche/veche-plugin.map"]
NEEDED = ["libc6", "libgstreamer1.0-0", "libsoup-3.0-0", "gstreamer1.0-plugins-bad", "gstreamer1.0-nice"]


def contents(package):
    """path -> (mode, owner)"""
    entries = [line.split(maxsplit=5) for line in run("dpkg-deb", "--contents", package).splitlines()]
    return {entry[5]: (entry[0], entry[1]) for entry in entries}


def fields(package):
    text = run("dpkg-deb", "--field", package)
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))


def check_fields(veche, dev):
    control, dev_control = fields(veche), fields(dev)
    depends = re.split(r",\s*", control["Depends"])
    missing = [name for name in NEEDED if not any(entry.split()[0] == name for entry in depends)]
    assert not missing, f"{missing} not in {depends}"
    assert dev_control["Depends"] == f"veche (= {control['Version']})", dev_control
    for text in (*control.values(), *dev_control.values()):
        assert "@" not in re.sub(r"<\S+@\S+>", "", text), f"not filled in: {text}"


def check_contents(veche, dev):
    files = contents(veche)
    for path, mode in MODES.items():
        assert files.get(path, ("", ""))[0] == mode, f"{path}: {files.get(path)}, expected {mode}"
    assert any(re.fullmatch(r"\./usr/lib\S*/veche/plugins/forwarding\.so", path) for path in files), "no forwarding.so"
    odd = [path for path in files if "/local/" in path or path.endswith((".a", ".h", ".pc"))]
    assert not odd, odd
    dev_files = contents(dev)
    missing = [path for path in DEV_FILES if path not in dev_files]
    assert not missing, missing
    assert any(path.endswith("/pkgconfig/veche-plugin.pc") for path in dev_files), "no veche-plugin.pc"
    owners = {owner for _, owner in (*files.values(), *dev_files.values())}
    assert owners == {"root/root"}, owners


def check_unpacked(veche, root):
    """Nothing of it knows where it was installed."""
    run("dpkg-deb", "--extract", veche, root)
    binary = os.path.join(root, "usr/bin/veche")
    folder = os.path.join(root, "etc/veche")
    installed = os.path.join(folder, "veche.json")
    without_secret = run(binary, "--check-config", installed, status=1)
    for pointer, name, secret in (
        ("/auth/keys/0/secret_file", "admin.secret", "0123456789abcdef0123456789abcdef\n"),
        ("/auth/signing_keys/0/secret_file", "signing.secret", "fedcba9876543210fedcba9876543210\n"),
    ):
        assert pointer in without_secret, without_secret
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(secret)
    run(binary, "--check-config", installed)
    with open(installed, encoding="utf-8") as file:
        text = file.read()
    assert text.count("127.0.0.1:8080") == 1, "the configuration listens elsewhere than on loopback"
    moved = os.path.join(folder, "moved.json")
    log = "/var/lib/veche/events.db"
    assert text.count(log) == 1, "the event log is elsewhere"
    with open(moved, "w", encoding="utf-8") as file:
        file.write(text.replace("127.0.0.1:8080", "127.0.0.1:0").replace(log, os.path.join(root, "events.db")))
    with VecheServer(binary, "--config", moved) as server:
        assert server.ask("GET", "/v1/server")[0] == 401
        assert server.ask("GET", "/v1/server", key="admin.0123456789abcdef0123456789abcdef")[0] == 200


def main():
    source, build, packages = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        again = os.path.join(scratch, "again")
        run(os.path.join(source, "scripts/deb"), build, again)
        first = packages_in(packages)
        for one, other in zip(first, packages_in(again)):
            assert filecmp.cmp(one, other, shallow=False), f"{os.path.basename(one)} differs from one time to the next"
        check_fields(*first)
        check_contents(*first)
        check_unpacked(first[0], os.path.join(scratch, "root"))


main()
