# SPDX-License-Identifier: Apache-2.0
"""The systemd unit: systemd understands all of it, and it gives as little to the server as docs/operations.md says.

Usage: systemd_test.py SOURCE_ROOT VECHE
"""
import os
import re
import shutil
import sys
import tempfile

from steps import run, skip


def main():
    source, veche = (os.path.abspath(path) for path in sys.argv[1:])
    if not shutil.which("systemd-analyze"):
        skip("there is no systemd-analyze: install Debian's systemd")
    unit = os.path.join(source, "packaging/systemd/veche.service")
    with open(unit, encoding="utf-8") as file:
        text = file.read()
    assert text.count("/usr/bin/veche ") == 1, "the unit starts something else"
    # Capacity needs both: docs/operations.md.
    assert re.search(r"^MemoryMax=\d+%$", text, re.MULTILINE), "the unit sets no bound of memory"
    assert not re.search(r"^ProcSubset=pid", text, re.MULTILINE), "the unit hides /proc/meminfo from the server"
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "veche.service")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text.replace("/usr/bin/veche ", f"{veche} "))
        complaints = run("systemd-analyze", "verify", "--man=no", copy)
        assert not complaints, complaints
    table = run("systemd-analyze", "security", "--no-pager", "--offline=true", unit)
    [exposure] = re.findall(r"Overall exposure level for veche\.service: (\S+)", table)
    with open(os.path.join(source, "docs/operations.md"), encoding="utf-8") as file:
        [documented] = re.findall(r"`systemd-analyze security` gives the unit an exposure of (\S+) ", file.read())
    assert exposure == documented, f"exposure {exposure}, docs/operations.md says {documented}"
    print(f"exposure {exposure}")


main()
