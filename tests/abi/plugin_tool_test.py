#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""veche-plugin finds each fault, and only that one. Usage: plugin_tool_test.py TOOL FOLDER_OF_PLUGINS"""
import os
import subprocess
import sys
import tempfile

# What the line says that begins with FAIL; the plugin is tests/abi/plugins/misbehaves.c.
FAULTS = {
    "allocation": "selector: no allocation, free, lock or system call: ",
    "lock": "selector: no allocation, free, lock or system call: 0 allocations, 0 frees, ",
    "own": "is the listener's own",
    "beyond": "wrote behind the end of the slots",
    "speaking": "speaking is 2",
    "dominant": "the dominant track 42 is no candidate",
    "sleep": "system calls: clock_nanosleep",
    "system_call": "packet policy: no allocation, free, lock or system call: 0 allocations, 0 frees, 0 locks on a lane, system calls: getppid",
    "exit": "create, start, stop, destroy: it ended the process with exit()",
    "control_service": "selector: calls no host service: ",
    "verdict": "packets got another verdict",
    "state": "wrote behind the end of its state",
    "slot_stride": "use slot_stride",
    "silent": "fails without a reason",
    "unknown_id": "an unknown id is not answered with null",
    "leak": "more pieces of memory after 200 lives",
    "descriptor": "more descriptors after 200 lives",
    "thread": "more threads after 200 lives",
    "signal": "changed: signal handlers",
    "environment": "changed: the environment",
    "print": "wrote to standard output, which is not its own: here I am",
    "crash": "events: it crashed with signal 6",
    "room": "room settings: it crashed with signal 6",
    "target": "values in decisions are not possible",
    "stride": "it wrote between decisions",
    "decisions": "it wrote behind the end of the decisions",
    "admit_status": "it returned 7, which is no veche_status",
    "admit_silent": "admission: possible answers (5 admitted, 4 refused): it refuses without a reason",
    "admit_flag": "it leaves a flag that is 2, not 0 or 1",
    "admit_attributes": "it leaves attributes that are no JSON object of strings",
    "admit_beyond": "it wrote behind the end of veche_admission",
    "admit_crash": "admission: it crashed with signal 6",
    "admit_thread": "admission: leaves nothing when it is stopped at once: ",
    "message_status": "it returned -99, which is no veche_status",
    "message_silent": "refused): it refuses without a reason",
    "message_unended": "its veche_error is not UTF-8, or has no end",
    "message_crash": "client messages: it crashed with signal 6",
    "message_thread": "client messages: leaves nothing when it is stopped at once: ",
    "message_stray": "veche_rooms.set_muted was called on another thread than control",
}
# What builds with sanitizers do not have, and what old kernels and other machines do not.
NEEDS = {
    "allocation": "this build has a sanitizer", "lock": "this build has a sanitizer", "leak": "this build has a sanitizer",
    "sleep": "cannot catch them", "system_call": "cannot catch them",
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_fault(tool, folder, fault):
    """The complaint about what the kit said, or None."""
    done = run(tool, "check", os.path.join(folder, f"misbehaves_{fault}.so"), "--cycles", "200")
    if fault in NEEDS and NEEDS[fault] in done.stdout:
        return None
    failures = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    if done.returncode != 1 or not failures:
        return f"{done.stdout}{done.stderr}\n{fault}: status {done.returncode}, and no FAIL above"
    if not any(FAULTS[fault] in line for line in failures):
        return f"{fault}: \"{FAULTS[fault]}\" is not in:\n" + "\n".join(failures)
    parts = {line.split(":")[0] for line in failures}
    if len(parts) > 2:
        return f"{fault}: more than this fault is found:\n" + "\n".join(failures)
    return None


def check_place(tool, folder):
    """The first allocation is named so that addr2line finds it."""
    done = run(tool, "check", os.path.join(folder, "misbehaves_allocation.so"), "--cycles", "1")
    if "addr2line" not in done.stdout:
        return None if "sanitizer" in done.stdout else "no place of the allocation is named"
    command = done.stdout.split("addr2line ", 1)[1].splitlines()[0].split()
    return None if "select_tracks" in run("addr2line", *command).stdout else f"addr2line {command} finds nothing"


def check_throws(tool, folder):
    """Hooks whose exceptions the C++ wrapper catches, and those that the host catches."""
    for plugin, config, wanted in (
            ("wrapped", '{"fail": "on_event"}', "events: observer.on_event failed in 11 of 11 calls"),
            ("event_throws", "{}", "events: observer.on_event failed in 11 of 11 calls")):
        done = run(tool, "check", os.path.join(folder, f"{plugin}.so"), "--config", config, "--cycles", "1")
        if done.returncode != 1 or f"FAIL  {wanted}" not in done.stdout:
            return f"{plugin}: status {done.returncode}, \"{wanted}\" is not in:\n{done.stdout}"
    return None


def check_inspect(tool, folder):
    """Nothing of the plugin runs: its constructor would end the program."""
    done = run(tool, "inspect", os.path.join(folder, "misbehaves_constructor.so"))
    wanted = ["org.example.misbehaves", "1.0.0", "Has the fault: constructor.", "veche.config/1",
              "veche.selector/2 veche.packet-policy/2 veche.observer/1", '"maximum": 9']
    missing = [text for text in wanted if text not in done.stdout]
    if done.returncode != 0 or missing:
        return f"inspect: status {done.returncode}, missing {missing} in:\n{done.stdout}{done.stderr}"
    foreign = run(tool, "inspect", os.path.join(folder, "no_entry.so"))
    if foreign.returncode != 1 or "exports no symbol veche_plugin_entry_1" not in foreign.stderr:
        return f"inspect of what is no plugin: {foreign.returncode} {foreign.stderr}"
    return None


def check_damaged(tool, folder):
    """Whatever the damage: an answer, no crash."""
    with open(os.path.join(folder, "misbehaves_none.so"), "rb") as file:
        whole = file.read()
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "damaged.so")
        for seed in range(60):
            damaged = bytearray(whole)
            for i in range(40):
                damaged[(seed * 7919 + i * i * 104729) % len(whole)] ^= 0xFF
            with open(path, "wb") as file:
                file.write(damaged)
            done = run(tool, "inspect", path)
            if done.returncode not in (0, 1):
                return f"inspect of damage {seed}: status {done.returncode} {done.stderr}"
    return None


def main():
    tool, folder = sys.argv[1:3]
    sound = run(tool, "check", os.path.join(folder, "misbehaves_none.so"), "--cycles", "200")
    complaints = [None if sound.returncode == 0 else f"without fault:\n{sound.stdout}{sound.stderr}"]
    complaints += [check_fault(tool, folder, fault) for fault in FAULTS]
    complaints += [check(tool, folder) for check in (check_place, check_throws, check_inspect, check_damaged)]
    complaints = [complaint for complaint in complaints if complaint]
    if complaints:
        sys.exit("\n".join(complaints))
    print(f"{len(FAULTS)} faults found")


main()
