// SPDX-License-Identifier: Apache-2.0
// Compares statistics with earlier ones.
#include "room/session_watch.hpp"

#include <algorithm>
#include <cmath>

#include "glib/json.hpp"

namespace veche::room {
namespace {

int64_t grown(uint64_t now, uint64_t before) { return static_cast<int64_t>(now - before); }

std::string loss_json(const char* direction, int64_t lost, double ratio) {
  return glib::JsonWriter()
      .begin_object()
      .key("direction")
      .string(direction)
      .key("lost")
      .integer(lost)
      .key("ratio")
      .number(std::round(ratio * 1000) / 1000)
      .end_object()
      .text();
}

/// Of `sent` packets, `lost` did not arrive.
void add_loss(std::vector<SessionWatch::Finding>& found, const char* direction, int64_t lost,
              int64_t sent, int64_t now_ns) {
  if (lost < SessionWatch::kPacketsToTell || sent <= 0) return;
  const double ratio = static_cast<double>(lost) / static_cast<double>(sent);
  if (ratio < SessionWatch::kLossToTell) return;
  found.push_back({Trace::Kind::Activity, "loss", now_ns, loss_json(direction, lost, ratio)});
}

}  // namespace

bool SessionWatch::is_due(int64_t now_ns) {
  if (now_ns < next_ns_) return false;
  next_ns_ = now_ns + kEachNs;
  return true;
}

std::vector<SessionWatch::Finding> SessionWatch::look(const media::SessionStatistics& statistics,
                                                      int64_t now_ns) {
  std::vector<Finding> found;
  const double answered_ms = statistics.negotiation_ms;
  const double connected_ms = answered_ms + statistics.connect_ms;
  milestone(found, ice_told_, "ice.connected", answered_ms + statistics.ice_ms,
            statistics.ice_ms > 0);
  milestone(found, in_told_, "first_packet.in", connected_ms + statistics.first_packet_in_ms,
            statistics.first_packet_in_ms > 0);
  milestone(found, out_told_, "first_packet.out", connected_ms + statistics.first_packet_out_ms,
            statistics.first_packet_out_ms > 0);
  if (!statistics.client_address.empty() && statistics.client_address != client_address_) {
    client_address_ = statistics.client_address;
    found.push_back({Trace::Kind::Change, "client.address", now_ns,
                     glib::JsonWriter()
                         .begin_object()
                         .key("address")
                         .string(client_address_)
                         .end_object()
                         .text()});
  }
  if (now_ns - interval_began_ns_ >= kIntervalNs) interval(found, statistics, now_ns);
  return found;
}

std::vector<SessionWatch::LimitedTrack> SessionWatch::look_for_limited(
    const media::SessionStatistics& statistics, int64_t now_ns) {
  std::vector<LimitedTrack> found;
  const std::vector<uint64_t>& limited = statistics.track_packets_limited;
  told_limited_.resize(std::max(told_limited_.size(), limited.size()));
  for (size_t i = 0; i < limited.size(); ++i) {
    Told& told = told_limited_[i];
    if (limited[i] == told.packets || now_ns < told.next_ns) continue;
    found.push_back({i, limited[i] - told.packets});
    told = {limited[i], now_ns + kLimitedNs};
  }
  return found;
}

void SessionWatch::milestone(std::vector<Finding>& found, bool& is_told, const char* type,
                             double since_offer_ms, bool is_reached) const {
  if (is_told || !is_reached) return;
  is_told = true;
  const auto since_offer_ns = static_cast<int64_t>(since_offer_ms * static_cast<double>(kNsPerMs));
  found.push_back({Trace::Kind::Change, type, offered_ns_ + since_offer_ns});
}

void SessionWatch::interval(std::vector<Finding>& found, const media::SessionStatistics& now,
                            int64_t now_ns) {
  // Of the packets that the same reports are about.
  add_loss(found, "received", now.lost_in - before_.lost_in, now.expected_in - before_.expected_in,
           now_ns);
  add_loss(found, "sent", now.lost_out - before_.lost_out, now.expected_out - before_.expected_out,
           now_ns);
  const int64_t refused = grown(now.packets_dropped, before_.packets_dropped);
  const int64_t unsent = grown(now.send_failures, before_.send_failures);
  if (refused + unsent > 0) {
    glib::JsonWriter json;
    json.begin_object().key("packets_refused").integer(refused);
    json.key("send_failures").integer(unsent).end_object();
    found.push_back({Trace::Kind::Activity, "dropped", now_ns, json.text()});
  }
  before_ = now;
  interval_began_ns_ = now_ns;
}

}  // namespace veche::room
