#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails unless each given plugin exports exactly one symbol: its entry. Usage: export_check.py PLUGIN..."""
import subprocess
import sys


def exports(path):
    listing = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", path],
                             capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listing.splitlines()]


def main():
    wrong = [(path, names) for path in sys.argv[1:] if (names := exports(path)) != ["veche_plugin_entry_1"]]
    for path, names in wrong:
        print(f"{path}: exports {names}")
    if wrong or len(sys.argv) < 2:
        sys.exit(1)


main()
