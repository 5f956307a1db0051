// SPDX-License-Identifier: Apache-2.0
// Exports the counters of lanes, ports and sessions as metrics. docs/metrics.md explains each.
#include <string>

#include "media/engine/lane_engine.hpp"

namespace veche::media {
namespace {

using Labels = MetricSink::Labels;

/// The sum of one histogram over all lanes.
template <class Lanes, class Find>
HistogramReading added(const Lanes& lanes, Find find) {
  HistogramReading all;
  for (const auto& lane : lanes) {
    const Histogram& one = find(*lane);
    if (all.counts.empty()) {
      all = one.read();
    } else {
      one.add_to(all);
    }
  }
  return all;
}

template <class Lanes, class Find>
uint64_t sum(const Lanes& lanes, Find find) {
  uint64_t all = 0;
  for (const auto& lane : lanes) all += find(*lane);
  return all;
}

/// Of packets that some slot wanted, while the lanes handle them.
void put_drops(MetricSink& sink, const std::vector<std::unique_ptr<Lane>>& lanes,
               const std::vector<WirePort*>& ports, const SessionTotals& totals) {
  const auto drop = [&sink](const char* reason, uint64_t value) {
    sink.counter("veche_packets_dropped_total",
                 "Packets and datagrams that went no further, by reason", value,
                 {{"reason", reason}});
  };
  const auto of_lanes = [&lanes](Counter LaneCounters::*counter) {
    return sum(lanes, [counter](Lane& lane) { return (lane.counters().*counter).value(); });
  };
  const auto of_ports = [&ports](Counter WirePortCounters::*counter) {
    return sum(ports,
               [counter](const WirePort& port) { return (port.counters().*counter).value(); });
  };
  drop("inbox_full", of_lanes(&LaneCounters::inbox_full));
  drop("stale", of_lanes(&LaneCounters::stale));
  drop("policy", of_lanes(&LaneCounters::policy_dropped));
  drop("rewriter", of_lanes(&LaneCounters::rewriter_dropped));
  drop("path_refused", of_lanes(&LaneCounters::path_refused));
  drop("send_failed", totals.send_failures);
  drop("malformed", totals.malformed);
  drop("unauthentic", totals.unauthentic);
  drop("unverified", totals.unverified);
  drop("unknown_ssrc", totals.unknown_ssrc);
  drop("wrong_payload", totals.wrong_payload);
  drop("superseded", totals.superseded);
  drop("limited", totals.limited);
  drop("unknown_source", of_ports(&WirePortCounters::unknown_source));
  drop("no_protocol", of_ports(&WirePortCounters::no_protocol));
  drop("handshake_limited", of_ports(&WirePortCounters::handshake_limited));
  drop("kernel", sum(ports, [](const WirePort& port) { return port.kernel_drops(); }));
}

void put_traffic(MetricSink& sink, const std::vector<std::unique_ptr<Lane>>& lanes,
                 const SessionTotals& totals) {
  sink.counter("veche_packets_received_total", "RTP packets of tracks that came",
               totals.packets_in);
  sink.counter("veche_received_bytes_total", "Bytes of these, without SRTP, UDP and IP",
               totals.bytes_in);
  sink.counter("veche_packets_unwanted_total", "RTP packets that came and nobody listened to",
               totals.unwanted);
  sink.counter("veche_packets_sent_total", "RTP packets that went to listeners",
               totals.packets_out);
  sink.counter("veche_sent_bytes_total", "Bytes of these, without SRTP, UDP and IP",
               totals.bytes_out);
  sink.counter("veche_redundant_bytes_total",
               "Bytes of these with which the server repeats earlier packets",
               sum(lanes, [](Lane& lane) { return lane.counters().redundant_bytes.value(); }));
}

void put_lanes(MetricSink& sink, const std::vector<std::unique_ptr<Lane>>& lanes) {
  const auto each = [&](const auto& put) {
    for (const auto& lane : lanes) {
      const std::string index = std::to_string(lane->index());
      put(*lane, MetricLabel{"lane", index});
    }
  };
  each([&](Lane& lane, MetricLabel label) {
    sink.counter("veche_lane_busy_seconds_total",
                 "Time in which a lane did not wait for something to do",
                 lane.counters().busy_ns.value(), {label}, MetricSink::kNs);
  });
  each([&](const Lane& lane, MetricLabel label) {
    sink.gauge("veche_lane_inbox_messages", "Messages that wait for a lane now",
               static_cast<int64_t>(lane.inbox_depth()), {label});
  });
  each([&](Lane& lane, MetricLabel label) {
    sink.gauge("veche_lane_inbox_peak_messages",
               "The most messages that waited for a lane in the last 10 to 20 seconds",
               lane.counters().inbox_depth.value(), {label});
  });
  each([&](Lane& lane, MetricLabel label) {
    sink.counter("veche_lane_packets_total", "Packets that a lane took from its inbox",
                 lane.counters().packets_in.value(), {label});
  });
  each([&](Lane& lane, MetricLabel label) {
    sink.counter("veche_lane_forwarded_packets_total",
                 "Packets that a lane handed on, one for each listener",
                 lane.counters().packets_out.value(), {label});
  });
}

void put_selection(MetricSink& sink, const std::vector<std::unique_ptr<Lane>>& lanes) {
  const auto of_lanes = [&lanes](auto find) {
    return sum(lanes, [&](Lane& lane) { return find(lane.counters()).value(); });
  };
  sink.counter("veche_slot_switches_total", "Slots that got another track",
               of_lanes([](LaneCounters& c) -> Counter& { return c.slot_switches; }));
  sink.counter("veche_bad_selections_total",
               "Slots that the selector filled with what must not be there",
               of_lanes([](LaneCounters& c) -> Counter& { return c.bad_selections; }));
  const char* time_help = "Time in which a track had a voice, by whether some slot had it";
  const auto time = [&](const char* heard, auto find) {
    sink.counter("veche_speech_seconds_total", time_help, of_lanes(find), {{"heard", heard}},
                 MetricSink::kNs);
  };
  time("yes", [](LaneCounters& c) -> Counter& { return c.heard.ns; });
  time("no", [](LaneCounters& c) -> Counter& { return c.unheard.ns; });
  const char* energy_help =
      "Decibels above -50 dBov of tracks that had a voice, every 20 ms, by whether some slot had "
      "it";
  const auto energy = [&](const char* heard, auto find) {
    sink.counter("veche_speech_energy_total", energy_help, of_lanes(find), {{"heard", heard}});
  };
  energy("yes", [](LaneCounters& c) -> Counter& { return c.heard.decibels; });
  energy("no", [](LaneCounters& c) -> Counter& { return c.unheard.decibels; });
}

void put_latencies(MetricSink& sink, const std::vector<std::unique_ptr<Lane>>& lanes) {
  sink.histogram("veche_forward_latency_seconds",
                 "From a packet's arrival until it has been sent to a listener",
                 added(
                     lanes, [](Lane & lane) -> auto& { return lane.counters().forward_ns; }),
                 MetricSink::kNs);
  sink.histogram("veche_speaker_switch_seconds",
                 "From the first packet of a turn until a listener who had not heard that talker "
                 "was sent the first one",
                 added(
                     lanes, [](Lane & lane) -> auto& { return lane.counters().switch_ns; }),
                 MetricSink::kNs);
}

void put_silence(MetricSink& sink, const std::vector<WirePort*>& ports) {
  const auto silent = [](const WirePort& port) { return port.counters().silent.value(); };
  sink.counter("veche_packets_silent_total", "Packets that the kernel sorted out as silence",
               sum(ports, silent));
}

void put_rtcp(MetricSink& sink, const std::vector<WirePort*>& ports) {
  const auto of_ports = [&ports](Counter RtcpCounters::*counter) {
    return sum(ports,
               [counter](const WirePort& port) { return (port.counters().rtcp.*counter).value(); });
  };
  const auto put = [&](const char* name, const char* help, Histogram RtcpCounters::*histogram,
                       double scale, Labels labels = {}) {
    sink.histogram(
        name, help,
        added(
            ports,
            [histogram](const WirePort& port) -> auto& { return port.counters().rtcp.*histogram; }),
        scale, labels);
  };
  constexpr double kThousandth = 1e-3;
  put("veche_round_trip_seconds", "Round trips to clients, one for each report (wire path)",
      &RtcpCounters::round_trip_ns, MetricSink::kNs);
  const char* jitter = "Interarrival jitter (RFC 3550), one for each report (wire path)";
  put("veche_jitter_seconds", jitter, &RtcpCounters::jitter_in_ns, MetricSink::kNs,
      {{"direction", "received"}});
  put("veche_jitter_seconds", jitter, &RtcpCounters::jitter_out_ns, MetricSink::kNs,
      {{"direction", "sent"}});
  const char* loss = "Part of the packets that was lost, one for each report (wire path)";
  put("veche_loss_ratio", loss, &RtcpCounters::loss_in, kThousandth, {{"direction", "received"}});
  put("veche_loss_ratio", loss, &RtcpCounters::loss_out, kThousandth, {{"direction", "sent"}});
  const char* lost = "Packets that did not come, or came late (wire path)";
  sink.counter("veche_packets_lost_total", lost, of_ports(&RtcpCounters::lost_in),
               {{"direction", "received"}});
  sink.counter("veche_packets_lost_total", lost, of_ports(&RtcpCounters::lost_out),
               {{"direction", "sent"}});
  sink.counter("veche_nacked_packets_total", "Packets that were asked for again (wire path)",
               of_ports(&RtcpCounters::nacked_out), {{"direction", "received"}});
  sink.counter("veche_nacked_packets_total", "Packets that were asked for again (wire path)",
               of_ports(&RtcpCounters::nacked_in), {{"direction", "sent"}});
  sink.counter("veche_retransmitted_packets_total", "Packets that were sent again (wire path)",
               of_ports(&RtcpCounters::resent));
  const char* feedback = "Transport-wide feedback of clients, by what became of it (wire path)";
  sink.counter("veche_transport_feedback_total", feedback, of_ports(&RtcpCounters::feedback_in),
               {{"result", "used"}});
  sink.counter("veche_transport_feedback_total", feedback,
               of_ports(&RtcpCounters::feedback_refused), {{"result", "refused"}});
  sink.counter("veche_probe_packets_total",
               "Packets of padding that probed what the path to a client carries (wire path)",
               of_ports(&RtcpCounters::probes));
  sink.counter(
      "veche_routes_unproven_total",
      "Moves of media to another address that were undone: no report proved it (wire path)",
      sum(ports, [](const WirePort& port) { return port.counters().unproven_routes.value(); }));
  sink.counter("veche_stun_refused_total", "Binding requests that were refused (wire path)",
               sum(ports, [](const WirePort& port) { return port.ice().refused(); }));
}

void put_joins(MetricSink& sink, const JoinTimes& times) {
  const auto phase = [&](const char* name, JoinPhase which) {
    sink.histogram("veche_join_phase_seconds", "The phases of joins, one after the other",
                   times.of(which).read(), MetricSink::kNs, {{"phase", name}});
  };
  phase("wait", JoinPhase::Wait);
  phase("answer", JoinPhase::Answer);
  phase("ice", JoinPhase::Ice);
  phase("dtls", JoinPhase::Dtls);
  phase("first_packet_in", JoinPhase::FirstPacketIn);
  phase("first_packet_out", JoinPhase::FirstPacketOut);
  sink.histogram("veche_time_to_first_audio_seconds",
                 "From the offer until the first packet was sent, where somebody talked already",
                 times.of(JoinPhase::FirstAudio).read(), MetricSink::kNs);
}

void put_sessions(MetricSink& sink, const PeerSessions::States& states) {
  const auto state = [&sink](const char* name, uint64_t count) {
    sink.gauge("veche_sessions", "Sessions, by state", static_cast<int64_t>(count),
               {{"state", name}});
  };
  state("negotiating", states.negotiating);
  state("connecting", states.connecting);
  state("connected", states.connected);
  state("closing", states.closing);
  sink.gauge("veche_tracks", "Tracks of connected sessions", static_cast<int64_t>(states.tracks));
}

}  // namespace

void LaneEngine::put_metrics(MetricSink& sink) const {
  const SessionTotals totals = sessions_.totals();
  put_sessions(sink, sessions_.states());
  put_joins(sink, sessions_.join_times());
  sink.counter("veche_offers_abandoned_total",
               "Offers that were replaced or withdrawn before the server began to answer them",
               sessions_.abandoned());
  put_latencies(sink, lanes_);
  put_traffic(sink, lanes_, totals);
  put_drops(sink, lanes_, ports_, totals);
  put_lanes(sink, lanes_);
  put_selection(sink, lanes_);
  if (ports_.empty()) return;
  put_silence(sink, ports_);
  put_rtcp(sink, ports_);
}

}  // namespace veche::media
