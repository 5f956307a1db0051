// SPDX-License-Identifier: Apache-2.0
// What a session has counted and measured.
#include <cassert>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/session/peer_session.hpp"

namespace veche::media {
namespace {

double milliseconds(int64_t ns) { return static_cast<double>(ns) / static_cast<double>(kNsPerMs); }
double milliseconds(int64_t from_ns, int64_t to_ns) {
  return from_ns == 0 || to_ns == 0 ? 0 : milliseconds(to_ns - from_ns);
}

TrackStatistics track_statistics(const TrackFeed& feed) {
  TrackStatistics statistics{.packets = feed.packets.value(), .bytes = feed.bytes.value()};
  statistics.expected = feed.expected.load(std::memory_order_acquire);  // Before the losses.
  statistics.lost = feed.lost.load(std::memory_order_relaxed);
  return statistics;
}

SlotStatistics slot_statistics(const SlotCounters& counters) {
  SlotStatistics statistics;
  statistics.expected = counters.expected.load(std::memory_order_acquire);  // Before the losses.
  statistics.lost = counters.lost.load(std::memory_order_relaxed);
  statistics.redundant_bytes = counters.redundant_bytes.value();
  statistics.retransmitted_packets = counters.retransmitted_packets.value();
  return statistics;
}

}  // namespace

FirstPackets PeerSession::first_packets() const {
  // Before it is attached, its connection is a worker's.
  if (!attachment_) return {};
  const Path* path = connection_->path();
  return {ingress_->first_packet_ns(),
          path ? path->first_audio_ns.load(std::memory_order_relaxed) : 0};
}

SessionTotals PeerSession::path_totals() const {
  SessionTotals totals;
  if (!attachment_) return totals;  // See first_packets().
  if (const Path* path = connection_->path()) {
    totals.packets_out = path->packets.value();
    totals.bytes_out = path->bytes.value();
    totals.send_failures = path->failures.value();
  }
  return totals;
}

SessionTotals PeerSession::totals() const {
  SessionTotals totals = final_path_totals_ ? *final_path_totals_ : path_totals();
  if (!ingress_) return totals;
  totals.packets_in = ingress_->packets.value();
  totals.bytes_in = ingress_->bytes.value();
  totals.unwanted = ingress_->unwanted.value();
  totals.malformed = ingress_->malformed.value();
  totals.unauthentic = ingress_->unauthentic.value();
  totals.unverified = ingress_->unverified.value();
  totals.unknown_ssrc = ingress_->unknown_ssrc.value();
  totals.wrong_payload = ingress_->wrong_payload.value();
  totals.superseded = ingress_->superseded.value();
  totals.limited = ingress_->limited.value();
  return totals;
}

SessionStatistics PeerSession::statistics() const {
  assert(is_on_control());
  SessionStatistics statistics;
  const SessionTimes& times = life_.times();
  if (ingress_) {
    statistics.packets_received = ingress_->packets.value();
    statistics.bytes_received = ingress_->bytes.value();
    statistics.packets_unwanted = ingress_->unwanted.value();
    statistics.packets_dropped = ingress_->dropped();
    statistics.packets_limited = ingress_->limited.value();
    for (const AttachedTrack& track : attached_tracks_) {
      statistics.track_packets_limited.push_back(track.feed->limited.value());
      statistics.tracks.push_back(track_statistics(*track.feed));
    }
  }
  // While a worker takes it down, the path is the worker's.
  const Path* path = life_.is_attached() ? connection_->path() : nullptr;
  if (path) {
    statistics.packets_sent = path->packets.value();
    statistics.bytes_sent = path->bytes.value();
    statistics.send_failures = path->failures.value();
    for (const Counter& sent : path->slot_bytes) {
      statistics.slot_bytes_sent.push_back(sent.value());
    }
    for (const SlotCounters& counters : path->slot_counters) {
      statistics.slots.push_back(slot_statistics(counters));
    }
    statistics.first_packet_out_ms =
        milliseconds(times.connected_ns, path->first_packet_ns.load(std::memory_order_relaxed));
  }
  statistics.path = to_string(path_);
  statistics.client_address = client_address_;
  const SessionQuality* quality = life_.is_attached() ? connection_->quality() : nullptr;
  if (quality) {
    statistics.round_trip_ms = milliseconds(quality->round_trip_ns.load());
    statistics.jitter_in_ms = milliseconds(quality->jitter_in_ns.load());
    statistics.jitter_out_ms = milliseconds(quality->jitter_out_ns.load());
    statistics.expected_in = quality->expected_in.load();  // Before the losses: see there.
    statistics.expected_out = quality->expected_out.load();
    statistics.lost_in = quality->lost_in.load();
    statistics.lost_out = quality->lost_out.load();
    statistics.link = connection_->link();
  }
  if (attachment_) statistics.lane_load = attachment_->lane_load();
  statistics.negotiation_ms = milliseconds(times.offered_ns, times.answered_ns);
  statistics.wait_ms = milliseconds(times.offered_ns, times.begun_ns);
  statistics.connect_ms = milliseconds(times.answered_ns, times.connected_ns);
  statistics.ice_ms = milliseconds(times.answered_ns, times.ice_ns);
  statistics.first_packet_in_ms = milliseconds(times.connected_ns, times.first_packets.in_ns);
  statistics.first_audio_ms = milliseconds(times.offered_ns, times.first_packets.audio_ns);
  return statistics;
}

}  // namespace veche::media
