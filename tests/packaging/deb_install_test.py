# SPDX-License-Identifier: Apache-2.0
"""The life of the installed package, in a copy of this system: installed, served by hand, installed again, removed, purged.

The copy is an overlay, so dpkg checks the dependencies against what this machine has. Usage: deb_install_test.py PACKAGES
"""
import os
import sys

from steps import in_namespaces
from system_copy import SystemCopy
from veche_server import VecheServer  # steps has put it on the path

ACCOUNTS = ["etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"]


def leftovers(system):
    """What differs from the system before, and has to do with Veche."""
    found = []
    for folder, folders, files in os.walk(system.changed):
        found += [os.path.join(folder, name) for name in folders + files if "veche" in name]
    return found + [name for name in ACCOUNTS if "veche" in system.read(name)]


def check_installed(system):
    assert system.do("veche", "--check-config", "/etc/veche/veche.json") == "/etc/veche/veche.json: good\n"
    secret = system.read("etc/veche/admin.secret")
    assert len(secret) == 64, f"a secret of {len(secret)} characters"
    assert secret != system.read("etc/veche/signing.secret")
    for name in ("veche.json", "admin.secret", "signing.secret"):
        state = os.stat(system.path(f"etc/veche/{name}"))
        assert (state.st_mode & 0o777, state.st_uid) == (0o640, 0), f"{name}: {state}"
    as_user = ["chroot", system.root, "setpriv", "--reuid=veche", "--regid=veche", "--clear-groups", "--no-new-privs"]
    # At its usual port: the network is this test's own.
    with VecheServer(*as_user, "/usr/bin/veche", "--config", "/etc/veche/veche.json") as server:
        assert server.ask("GET", "/v1/server")[0] == 401
        assert server.ask("GET", "/v1/server", key=f"admin.{secret}")[0] == 200
    return secret


def live(scratch):
    [packages] = sys.argv[1:]
    system = SystemCopy(scratch)
    install = system.add_packages(packages)
    before = leftovers(system)  # The packages themselves.

    system.do(*install)
    secret = check_installed(system)
    system.do("pkg-config", "--modversion", "veche-plugin")
    assert "veche.service" in os.listdir(system.path("etc/systemd/system/multi-user.target.wants"))
    system.do(*install)
    assert system.read("etc/veche/admin.secret") == secret, "a second installation made another secret"
    system.do("dpkg", "--remove", "veche-dev", "veche")
    assert not os.path.exists(system.path("usr/bin/veche"))
    assert system.read("etc/veche/admin.secret") == secret, "a removal took the configuration away"

    system.do(*install)
    recording = system.path("var/lib/veche/recording")
    system.write("var/lib/veche/recording", "of a call")
    shown = system.do("dpkg", "--purge", "veche-dev", "veche")
    assert "kept /var/lib/veche" in shown and os.path.exists(recording), shown
    assert "veche" in system.read("etc/passwd"), "the owner of what was kept is gone"

    os.remove(recording)
    system.do(*install)
    system.do("dpkg", "--purge", "veche-dev", "veche")
    assert leftovers(system) == before, f"left behind: {set(leftovers(system)) - set(before)}"


in_namespaces(live)
