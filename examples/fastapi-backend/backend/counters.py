# SPDX-License-Identifier: Apache-2.0
"""The backend's own numbers, in Prometheus' text format. Nothing in them names a room or a person."""
from __future__ import annotations

from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]
Samples = Mapping[tuple[str, Labels], float]
#: name -> (type, help). What is not here cannot be counted.
METRICS = {
    "voice_backend_transport_switches_total": ("counter", "Rooms with people in them that went to another transport, and why"),
    "voice_backend_fallback_seconds_sum": ("counter", "From the first probe that missed the SFU until all of a room used the mesh, added up"),
    "voice_backend_fallback_seconds_count": ("counter", "Rooms that have fallen back to the mesh as a whole"),
    "voice_backend_return_seconds_sum": ("counter", "From the first probe that found the SFU again until all of a room used it, added up"),
    "voice_backend_return_seconds_count": ("counter", "Rooms that have returned to the SFU as a whole"),
    "voice_backend_incomplete_switches_total": ("counter", "Switches that ended without some of the people, who were told"),
    "voice_backend_gap_seconds_sum": ("counter", "Longest silence that a switch cost a page, as pages tell it, added up"),
    "voice_backend_gap_seconds_count": ("counter", "Switches of pages"),
    "voice_backend_long_gaps_total": ("counter", "Switches of pages with a silence of more than 200 ms"),
    "voice_backend_unreachable_reports_total": ("counter", "Pages that could not reach the SFU, by what the backend found"),
    "voice_backend_signalling_refused_total": ("counter", "Connections and messages that the signalling refused, by reason"),
    "voice_backend_signalling_messages_total": ("counter", "Messages of pages that the signalling took"),
    "voice_backend_signalling_connections": ("gauge", "Pages that are connected to the signalling"),
    "voice_backend_rooms": ("gauge", "Rooms with people in them, by transport"),
    "voice_backend_people": ("gauge", "People in rooms, by the transport that their pages use; none: not yet"),
    "voice_backend_switching_rooms": ("gauge", "Rooms in the middle of a switch. It lasts seconds"),
    "voice_backend_sfu_up": ("gauge", "Whether probes reach the SFU"),
    "voice_backend_kill_switch": ("gauge", "Whether the kill switch is on"),
    "voice_backend_rollout_percentage": ("gauge", "Percentage of rooms that use the SFU"),
}
#: They begin with the first of each label.
LABELLED = {"voice_backend_transport_switches_total", "voice_backend_unreachable_reports_total", "voice_backend_signalling_refused_total"}


class Counters:
    def __init__(self) -> None:
        self._values: dict[tuple[str, Labels], float] = {}

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        assert METRICS[name][0] == "counter"
        key = (name, tuple(sorted(labels.items())))
        self._values[key] = self._values.get(key, 0) + value

    def value(self, name: str, **labels: str) -> float:
        return self._values.get((name, tuple(sorted(labels.items()))), 0)

    def text(self, gauges: Samples) -> str:
        """All of them, with the gauges of now. A counter without labels is there from the beginning."""
        counters = [name for name, (kind, _) in METRICS.items() if kind == "counter" and name not in LABELLED]
        samples: dict[tuple[str, Labels], float] = {(name, ()): 0.0 for name in counters}
        samples |= self._values | dict(gauges)
        lines = []
        for name, (kind, words) in METRICS.items():
            found = sorted((labels, value) for (each, labels), value in samples.items() if each == name)
            if found:
                lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
                lines += [f"{name}{_shown(labels)} {value:.10g}" for labels, value in found]
        return "\n".join(lines) + "\n"


def _shown(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else ""
