// SPDX-License-Identifier: Apache-2.0
// The last minutes, one row a second: what a page or support looks at first. Bounded.
#include "metrics/history.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace veche::metrics {
namespace {

std::string rounded(double value) {
  if (!std::isfinite(value)) return "0";
  char buffer[40];
  // A dashboard needs no more digits.
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::round(value * 1000) / 1000);
  return {buffer, end.ptr};
}

bool has_label(const veche_metric_info& metric, std::string_view value) {
  return metric.label_count > 0 && metric.labels[0].value == value;
}

double ratio(double part, double whole) { return whole > 0 ? std::max(0.0, part) / whole : 0; }

}  // namespace

void Snapshot::add(const veche_metric_info& metric) {
  const std::string_view name = metric.name;
  const double value = static_cast<double>(metric.value) * metric.scale;
  const auto count = [&metric] {
    double sum = 0;
    for (uint32_t i = 0; i <= metric.bound_count; ++i) sum += static_cast<double>(metric.counts[i]);
    return sum;
  };
  if (std::string_view(metric.plugin) == "adaptive") {
    if (name == "fair_listeners") fair = value;
    if (name == "poor_listeners") poor = value;
    if (name == "cut_slots") cut = value;
    return;
  }
  if (name == "veche_rooms") rooms = value;
  if (name == "veche_participants") participants = value;
  if (name == "veche_speakers") speakers = value;
  if (name == "veche_sessions" && has_label(metric, "connected")) sessions = value;
  if (name == "process_resident_memory_bytes") resident_bytes = value;
  if (name == "process_cpu_seconds_total") cpu_s = value;
  if (name == "veche_packets_received_total") packets_in = value;
  if (name == "veche_packets_sent_total") packets_out = value;
  if (name == "veche_packets_lost_total") (has_label(metric, "sent") ? lost_out : lost_in) = value;
  if (name == "veche_packets_dropped_total") dropped += value;
  if (name == "veche_speech_seconds_total" && has_label(metric, "no")) unheard_speech_s = value;
  if (name == "veche_lane_busy_seconds_total") {
    busy_s += value;
    lanes += 1;
  }
  if (name == "veche_round_trip_seconds") {
    round_trip_s = value;
    round_trips = count();
  }
  if (name == "veche_forward_latency_seconds") {
    forward_s = value;
    forwarded = count();
  }
}

const std::vector<History::Column>& History::columns() {
  static const std::vector<Column> all{
      {"time_unix_ms", "When the row was taken"},
      {"rooms", "Rooms"},
      {"participants", "Participants"},
      {"sessions", "Connected sessions"},
      {"speakers", "Participants that speak"},
      {"packets_in_per_s", "Packets received"},
      {"packets_out_per_s", "Packets sent"},
      {"dropped_per_s", "Packets dropped, for any reason"},
      {"loss_in", "Share of the clients' packets that was lost"},
      {"loss_out", "Share of the packets to clients that was lost"},
      {"round_trip_ms", "Mean of the reported round trips; 0: none was reported"},
      {"forward_ms", "Mean time of a packet in the server; 0: none was forwarded"},
      {"unheard_speech_s", "Speech that no slot carried, in seconds"},
      {"cpu_cores", "Processors that the server used"},
      {"lane_load", "Share of time in which lanes were busy, on average"},
      {"resident_mb", "Memory, in megabytes of 1,000,000 bytes"},
      {"fair_listeners", "Listeners whose quality is fair, as plugins/adaptive sees it"},
      {"poor_listeners", "Listeners whose quality is poor"},
      {"cut_slots", "Slots that get nothing, because a link or a lane is too busy"},
  };
  static_assert(kColumns == 19);
  return all;
}

void History::add(const Snapshot& now, int64_t time_unix_ms, int64_t now_ms) {
  const Snapshot before = std::exchange(last_, now);
  const int64_t before_ms = std::exchange(last_ms_, now_ms);
  const double passed_s = static_cast<double>(now_ms - before_ms) / 1000;
  if (before_ms == 0 || passed_s <= 0) return;
  const double in = now.packets_in - before.packets_in;
  const double out = now.packets_out - before.packets_out;
  const double lost_in = now.lost_in - before.lost_in;
  const double lost_out = now.lost_out - before.lost_out;
  const Row row{
      static_cast<double>(time_unix_ms),
      now.rooms,
      now.participants,
      now.sessions,
      now.speakers,
      in / passed_s,
      out / passed_s,
      (now.dropped - before.dropped) / passed_s,
      ratio(lost_in, in + lost_in),
      ratio(lost_out, out),
      1000 * ratio(now.round_trip_s - before.round_trip_s, now.round_trips - before.round_trips),
      1000 * ratio(now.forward_s - before.forward_s, now.forwarded - before.forwarded),
      now.unheard_speech_s - before.unheard_speech_s,
      (now.cpu_s - before.cpu_s) / passed_s,
      ratio(now.busy_s - before.busy_s, passed_s * now.lanes),
      now.resident_bytes / 1e6,
      now.fair,
      now.poor,
      now.cut};
  if (rows_.size() < seconds_) {
    rows_.push_back(row);
  } else {
    rows_[next_] = row;
  }
  next_ = (next_ + 1) % seconds_;
}

std::string History::json() const {
  std::string text = R"({"interval_s":1,"seconds":)" + std::to_string(seconds_) + R"(,"columns":{)";
  const size_t first = rows_.size() < seconds_ ? 0 : next_;
  for (size_t column = 0; column < kColumns; ++column) {
    if (column > 0) text += ",";
    text += "\"" + std::string(columns()[column].name) + "\":[";
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (i > 0) text += ",";
      text += rounded(rows_[(first + i) % rows_.size()][column]);
    }
    text += "]";
  }
  return text + "}}";
}

}  // namespace veche::metrics
