// SPDX-License-Identifier: Apache-2.0
// What a session, and all of them together, have counted and measured.
#include <algorithm>

#include "base/time.hpp"
#include "media/session/peer_session.hpp"

namespace veche::media {
namespace {

double milliseconds(int64_t ns) { return static_cast<double>(ns) / static_cast<double>(kNsPerMs); }
double milliseconds(int64_t from_ns, int64_t to_ns) {
  return from_ns == 0 || to_ns == 0 ? 0 : milliseconds(to_ns - from_ns);
}

}  // namespace

void PeerSession::measure_first_packets() {
  if (!attachment_) return;
  if (first_packet_in_ns_ == 0 && (first_packet_in_ns_ = ingress_->first_packet_ns()) != 0) {
    sessions_.join_times_.first_packet_in_ns.add(first_packet_in_ns_ - connected_ns_);
  }
  const Path* path = connection_->path();
  if (!path || first_audio_ns_ != 0) return;
  first_audio_ns_ = path->first_audio_ns.load(std::memory_order_relaxed);
  if (first_audio_ns_ == 0) return;
  sessions_.join_times_.first_packet_out_ns.add(first_audio_ns_ - connected_ns_);
  sessions_.join_times_.first_audio_ns.add(first_audio_ns_ - offered_ns_);
}

SessionTotals PeerSession::path_totals() const {
  SessionTotals totals;
  // Before it is attached, its connection is a worker's.
  if (!attachment_) return totals;
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
  return totals;
}

SessionStatistics PeerSession::statistics() const {
  SessionStatistics statistics;
  if (ingress_) {
    statistics.packets_received = ingress_->packets.value();
    statistics.bytes_received = ingress_->bytes.value();
    statistics.packets_unwanted = ingress_->unwanted.value();
    statistics.packets_dropped = ingress_->dropped();
  }
  // While a worker takes it down it is the worker's.
  const Path* path = phase_ == Phase::Attached ? connection_->path() : nullptr;
  if (path) {
    statistics.packets_sent = path->packets.value();
    statistics.bytes_sent = path->bytes.value();
    statistics.send_failures = path->failures.value();
    for (const Counter& sent : path->slot_bytes) {
      statistics.slot_bytes_sent.push_back(sent.value());
    }
    statistics.first_packet_out_ms =
        milliseconds(connected_ns_, path->first_packet_ns.load(std::memory_order_relaxed));
  }
  statistics.path = to_string(path_);
  statistics.client_address = client_address_;
  const SessionQuality* quality =
      phase_ == Phase::Attached && connection_ ? connection_->quality() : nullptr;
  if (quality) {
    statistics.round_trip_ms = milliseconds(quality->round_trip_ns.load());
    statistics.jitter_in_ms = milliseconds(quality->jitter_in_ns.load());
    statistics.jitter_out_ms = milliseconds(quality->jitter_out_ns.load());
    statistics.lost_in = quality->lost_in.load();
    statistics.lost_out = quality->lost_out.load();
  }
  statistics.negotiation_ms = milliseconds(offered_ns_, answered_ns_);
  statistics.wait_ms = milliseconds(offered_ns_, begun_ns_);
  statistics.connect_ms = milliseconds(answered_ns_, connected_ns_);
  statistics.ice_ms = milliseconds(answered_ns_, ice_ns_);
  statistics.first_packet_in_ms = milliseconds(connected_ns_, first_packet_in_ns_);
  statistics.first_audio_ms = milliseconds(offered_ns_, first_audio_ns_);
  return statistics;
}

SessionTotals PeerSessions::totals() const {
  SessionTotals totals = ended_;
  for (const auto& session : sessions_) totals += session->totals();
  return totals;
}

PeerSessions::States PeerSessions::states() const {
  States states;
  for (const auto& session : sessions_) {
    switch (session->phase_) {
      case PeerSession::Phase::Negotiating: ++states.negotiating; break;
      case PeerSession::Phase::Answered:
      case PeerSession::Phase::Opening: ++states.connecting; break;
      case PeerSession::Phase::Attached:
        ++states.connected;
        states.tracks += session->tracks_.size();
        break;
      case PeerSession::Phase::Closing:
      case PeerSession::Phase::Closed: ++states.closing; break;
    }
  }
  return states;
}

size_t PeerSessions::count(PathKind path) const {
  return static_cast<size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [path](const auto& session) { return session->path_ == path; }));
}

SessionsInMaking PeerSessions::in_making() const {
  SessionsInMaking count;
  for (const auto& session : sessions_) {
    if (session->phase_ != PeerSession::Phase::Negotiating) continue;
    ++(session->path_ == PathKind::Wire ? count.wire : count.pipeline);
  }
  return count;
}

}  // namespace veche::media
