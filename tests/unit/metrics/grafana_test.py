#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dashboard and alerts: promtool takes every expression, and each metric in them is one that docs/metrics.md lists.

Usage: grafana_test.py SOURCE_ROOT
"""
import json
import os
import re
import subprocess
import sys
import tempfile

SUFFIXES = ("_bucket", "_sum", "_count")
METRIC = re.compile(r"\b(?:veche|process)_[a-z0-9_]+")


def promtool(*arguments, folder):
    result = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"promtool {' '.join(arguments)}:\n{result.stdout}{result.stderr}")


def names_in(expression):
    """Metrics, not what stands in quotation marks."""
    for name in METRIC.findall(re.sub(r'"[^"]*"', '""', expression)):
        for suffix in SUFFIXES:
            if name.endswith(suffix):
                name = name[: -len(suffix)]
        yield name


def main():
    root = sys.argv[1]
    folder = os.path.join(root, "examples/grafana")
    for rules in ("alerts", "rollout-alerts"):
        promtool("check", "rules", f"{rules}.yml", folder=folder)
        promtool("test", "rules", f"{rules}_test.yml", folder=folder)

    with open(os.path.join(folder, "veche.json"), encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    if len(expressions) < 20:
        sys.exit("the dashboard has hardly any expressions")
    with tempfile.TemporaryDirectory() as temporary:
        # Grafana's variables are no PromQL.
        rules = [{"record": f"expression:{i}", "expr": expression.replace("$__rate_interval", "1m")}
                 for i, expression in enumerate(expressions)]
        with open(os.path.join(temporary, "rules.json"), "w", encoding="utf-8") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        promtool("check", "rules", "rules.json", folder=temporary)

    with open(os.path.join(root, "docs/metrics.md"), encoding="utf-8") as file:
        text = file.read()
    listed = set(re.findall(r"^\| `([a-z0-9_]+)` \| (?:counter|gauge|histogram) \|", text, re.MULTILINE))
    with open(os.path.join(folder, "alerts.yml"), encoding="utf-8") as file:
        expressions += re.findall(r"expr: (?:>\n)?((?:.|\n)*?)\n +(?:for|labels):", file.read())
    expressions += re.findall(r"\| `([^`]*\([^`]*)` \|$", text, re.MULTILINE)
    unknown = {name for expression in expressions for name in names_in(expression)} - listed
    if unknown:
        sys.exit(f"docs/metrics.md does not list {sorted(unknown)}")


main()
