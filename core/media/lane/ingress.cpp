// SPDX-License-Identifier: Apache-2.0
// Checks, measures and hands over packets, without allocation or locks.
#include "media/lane/ingress.hpp"

#include <algorithm>

#include "base/prefetch.hpp"
#include "media/feed/tap_inbox.hpp"

namespace veche::media {
namespace {

void copy_to_tap(TrackFeed& feed, std::span<const uint8_t> bytes,
                 const PacketTimes& times) noexcept {
  // Loads again, because only this load makes control's writes visible here.
  TapInbox* inbox = feed.tap.load(std::memory_order_acquire);
  if (inbox && !inbox->post(feed.id, bytes, times)) feed.tap_dropped.add();
}

}  // namespace

Ingress::Ingress(std::vector<IngressTrack> tracks, std::shared_ptr<RoomFeed> room, Lane& home,
                 const Lanes& lanes, std::function<void()> violation)
    : tracks_(std::move(tracks)),
      states_(tracks_.size()),
      room_(std::move(room)),
      home_(home),
      violation_(std::move(violation)) {
  for (const auto& lane : lanes) lanes_.push_back(lane.get());
}

bool Ingress::handle(std::span<const uint8_t> bytes_in, int64_t now_ns) noexcept {
  const std::optional<rtp::PacketView> packet = rtp::PacketView::parse(bytes_in);
  if (!packet) {
    malformed.add();
    return false;
  }
  if (!handle(*packet, now_ns, now_ns)) return false;
  heard(now_ns);
  return true;
}

bool Ingress::handle(const rtp::PacketView& packet, const PacketTimes& times,
                     int64_t now_ns) noexcept {
  if (!accepted_.load(std::memory_order_acquire)) {
    unverified.add();
    return false;
  }
  headers.rtp(packet.bytes(), times.arrival_ns);
  IngressTrack* track = find_track(packet);
  if (!track) return refuse();
  if (packet.payload_type() != track->payload_type) {
    wrong_payload.add();
    return false;
  }
  if (first_packet_ns() == 0) {
    first_packet_ns_.store(times.arrival_ns, std::memory_order_relaxed);
  }
  packets.add();
  bytes.add(packet.bytes().size());
  TrackFeed& feed = *track->feed;
  if (feed.muted.load(std::memory_order_relaxed)) return true;
  if (feed.tap.load(std::memory_order_relaxed)) copy_to_tap(feed, packet.bytes(), times);
  measure(*track, packet, times, now_ns);
  return true;
}

void Ingress::measure(IngressTrack& track, const rtp::PacketView& packet, const PacketTimes& times,
                      int64_t now_ns) noexcept {
  TrackFeed& feed = *track.feed;
  const std::optional<rtp::AudioLevel> measured = packet.audio_level(track.level_extension);
  if (feed.has_levels.load(std::memory_order_relaxed) != measured.has_value()) {
    feed.has_levels.store(measured.has_value(), std::memory_order_relaxed);
  }
  const uint8_t level = measured ? measured->level : uint8_t{127};
  feed.meter.add(level, times.arrival_ns);
  feed.turn.add(level, times.arrival_ns);
  if (!room_->awake.load(std::memory_order_seq_cst) &&
      !room_->awake.exchange(true, std::memory_order_seq_cst)) {
    home_.wake(room_->id, now_ns);
  }
  hand_over(track, packet, level, times, now_ns);
}

void Ingress::prefetch(int depth) const noexcept {
  if (tracks_.empty()) return;
  if (depth == 0) {
    veche::prefetch(tracks_.data());
    veche::prefetch(states_.data());
  } else {
    veche::prefetch(tracks_.front().feed.get());
    states_.front().history.prefetch();
  }
}

void Ingress::hand_over(IngressTrack& track, const rtp::PacketView& packet, uint8_t level,
                        const PacketTimes& times, int64_t now_ns) noexcept {
  TrackState& state = states_[static_cast<size_t>(&track - tracks_.data())];
  const TrackId id = track.feed->id;
  const uint64_t wanted = track.feed->wanted_lanes.load(std::memory_order_relaxed);
  if (wanted == 0) unwanted.add();
  for (Lane* lane : lanes_) {
    if ((wanted & lane->bit()) == 0) continue;
    if ((state.flowing & lane->bit()) == 0) {
      for (size_t i = 0; i < state.history.size(); ++i) {
        const rtp::History::Entry& entry = state.history.at(i);
        lane->remember(id, entry.packet, entry.arrival_ns);
      }
    }
    lane->forward(id, packet, times, level, now_ns);
  }
  state.flowing = wanted;
  state.history.push(packet, times.arrival_ns);
}

IngressTrack* Ingress::find_track(const rtp::PacketView& view) noexcept {
  const uint32_t ssrc = view.ssrc();
  for (size_t i = 0; i < source_count_; ++i) {
    if (sources_[i].ssrc == ssrc) return sources_[i].track;
  }
  if (source_count_ == kMaxSsrcs) return nullptr;
  IngressTrack* track = learn_track(view);
  if (track) sources_[source_count_++] = {ssrc, track};
  return track;
}

/// By the offer's SSRCs, else by the MID extension (RFC 9143 section 9.2), else because there is
/// only one track.
IngressTrack* Ingress::learn_track(const rtp::PacketView& view) noexcept {
  for (IngressTrack& track : tracks_) {
    if (std::find(track.ssrcs.begin(), track.ssrcs.end(), view.ssrc()) != track.ssrcs.end()) {
      return &track;
    }
  }
  for (IngressTrack& track : tracks_) {
    const std::optional<std::string_view> mid = view.mid(track.mid_extension);
    if (mid && *mid == track.mid) return &track;
  }
  const bool only_one = tracks_.size() == 1 && tracks_[0].ssrcs.empty();
  return only_one && view.payload_type() == tracks_[0].payload_type ? &tracks_[0] : nullptr;
}

bool Ingress::refuse() noexcept {
  unknown_ssrc.add();
  if (++strange_packets_ == kForgivenPackets + 1) violation_();
  return false;
}

}  // namespace veche::media
