#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the C++ wrapper refuses to compile, and says. Usage: wrapper_test.py INCLUDE_DIR COMPILER..."""
import os
import subprocess
import sys
import tempfile

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Werror"]
HEAD = """struct P {
  static constexpr veche::Info kInfo{.id = "org.example.p"};
"""
LANE = "runs on a lane, where an exception would end the server"
SHARED = "runs on several lanes at the same time: declare it const"

SELECT = "void select(const veche::RoomView&, veche::Assignments&)"
DECIDE = "void decide(const veche_route&, veche::Packets, std::span<uint32_t>)"
DECIDE_STATE = "void decide(RouteState&, const veche_route&, veche::Packets, std::span<uint32_t>)"
REASONS = 'static constexpr std::array kReasons{"", "congestion"};'
# Name, members of the class, extension, what the message contains; None: it compiles.
CASES = [
    ("select", f"{SELECT} const noexcept {{}}", "Selector", None),
    ("select may throw", f"{SELECT} const {{}}", "Selector", f"select() {LANE}"),
    ("select is not const", f"{SELECT} noexcept {{}}", "Selector", f"select() of the plugin itself {SHARED}"),
    ("select of Room", f"struct Room {{ {SELECT} noexcept {{}} }};", "Selector", None),
    ("select of Room may throw", f"struct Room {{ {SELECT} {{}} }};", "Selector", f"select() {LANE}"),
    ("use_settings may throw",
     f"struct Room {{ {SELECT} noexcept {{}} void use_settings(const int&) {{}} }};"
     " int make_settings(const veche::Values&) { return 1; }", "Selector", f"use_settings() {LANE}"),
    ("use_settings", f"struct Room {{ {SELECT} noexcept {{}} void use_settings(const int&) noexcept {{}} }};"
     " int make_settings(const veche::Values&) { return 1; }", "Selector", None),
    ("decide", f"{DECIDE} const noexcept {{}}", "PacketPolicy", None),
    ("decide may throw", f"{DECIDE} const {{}}", "PacketPolicy", f"decide() {LANE}"),
    ("decide is not const", f"{DECIDE} noexcept {{}}", "PacketPolicy", f"decide() of the plugin itself {SHARED}"),
    ("decide with state", f"struct RouteState {{ int n; }}; {DECIDE_STATE} const noexcept {{}}", "PacketPolicy", None),
    ("a state with a destructor", f"struct RouteState {{ std::string s; }}; {DECIDE_STATE} const noexcept {{}}",
     "PacketPolicy", "it must be trivially copyable"),
    ("control may throw", f"{REASONS} void control(const veche::RoomControl&) {{}}", "Controller", None),
    ("control with structs", f"{REASONS} void control(const veche_controlled_room&, veche_room_decision&) {{}}",
     "Controller", None),
    ("a controller of audio", f"{REASONS} void control(const veche::RoomControl&) {{}}", "AudioController", None),
    ("a controller without reasons", "void control(const veche::RoomControl&) {}", "Controller", "kReasons"),
]


def precompile(compiler, include, folder):
    """What to include for the header of the wrapper, precompiled there."""
    header = os.path.join(folder, "plugin.hpp")
    with open(header, "w", encoding="utf-8") as file:
        file.write("#include <veche/plugin.hpp>\n")
    subprocess.run([compiler, *FLAGS, "-x", "c++-header", header, "-o", header + ".gch", "-I", include], check=True)
    return header


def compile_case(compiler, header, members, extension):
    source = f"{HEAD}  {members}\n}};\nVECHE_EXPORT_PLUGIN(P, veche::{extension});\n"
    return subprocess.run([compiler, *FLAGS, "-fsyntax-only", "-include", header, "-x", "c++", "-"], input=source, capture_output=True, text=True,
                          check=False)


def complain(compiler, header, name, members, extension, expected):
    done = compile_case(compiler, header, members, extension)
    if (done.returncode == 0) != (expected is None):
        return f"{compiler}: {name}: status {done.returncode}\n{done.stderr}"
    if expected and expected not in done.stderr:
        return f"{compiler}: {name}: not \"{expected}\" in\n{done.stderr}"
    return None


def main():
    include, *compilers = sys.argv[1:]
    complaints = []
    for compiler in compilers:
        with tempfile.TemporaryDirectory() as folder:
            header = precompile(compiler, include, folder)
            complaints += filter(None, (complain(compiler, header, *case) for case in CASES))
    if complaints or not compilers:
        sys.exit("\n".join(complaints))


main()
