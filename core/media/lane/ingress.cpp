// SPDX-License-Identifier: Apache-2.0
// Checks, measures and hands over packets, without allocation or locks.
#include "media/lane/ingress.hpp"

#include <algorithm>

#include "base/prefetch.hpp"
#include "media/feed/tap_inbox.hpp"
#include "rtp/red.hpp"

namespace veche::media {
namespace {

/// Taps get Opus alone.
void copy_to_tap(TrackFeed& feed, const rtp::PacketView& packet,
                 const PacketTimes& times) noexcept {
  // Loads again, because only this load makes control's writes visible here.
  TapInbox* inbox = feed.tap.load(std::memory_order_acquire);
  if (!inbox) return;
  std::array<uint8_t, rtp::kMaxPacketSize> memory;
  std::optional<rtp::PacketView> copy = packet;
  if (feed.is_redundant(packet)) {
    const size_t size = packet.bytes().size();
    if (size > memory.size()) return feed.tap_dropped.add();
    std::copy(packet.bytes().begin(), packet.bytes().end(), memory.begin());
    copy = rtp::convert_red(packet, std::span(memory).first(size), feed.payload_type,
                            {.primary = feed.payload_type});
  }
  if (!copy || !inbox->post(feed.id, copy->bytes(), times)) feed.tap_dropped.add();
}

/// Opus, or redundant Opus, as negotiated.
bool is_as_negotiated(const IngressTrack& track, const rtp::PacketView& packet) noexcept {
  if (packet.payload_type() == track.payload_type) return true;
  return track.feed->is_redundant(packet) && rtp::red_primary(packet.payload(), track.payload_type);
}

}  // namespace

Ingress::TrackState::TrackState(const IngressTrack& track, size_t lanes)
    : limit(track.rates),
      joiner(track.ssrcs.empty() ? std::nullopt : std::optional(track.ssrcs.front()),
             track.clock_rate),
      shares(lanes) {}

Ingress::Ingress(std::vector<IngressTrack> tracks, std::shared_ptr<RoomFeed> room, Lane& home,
                 const Lanes& lanes, std::function<void()> violation)
    : tracks_(std::move(tracks)),
      room_(std::move(room)),
      home_(home),
      violation_(std::move(violation)) {
  for (const auto& lane : lanes) lanes_.push_back(lane.get());
  for (const IngressTrack& track : tracks_) states_.emplace_back(track, lanes_.size());
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
  if (!is_as_negotiated(*track, packet)) {
    wrong_payload.add();
    return false;
  }
  // Before anything is measured: what is limited makes nobody a speaker.
  if (!state_of(*track).limit.take(packet.bytes().size(), times.arrival_ns)) {
    limit(*track->feed);
    return true;
  }
  if (first_packet_ns() == 0) {
    first_packet_ns_.store(times.arrival_ns, std::memory_order_relaxed);
  }
  packets.add();
  bytes.add(packet.bytes().size());
  track->feed->packets.add();
  track->feed->bytes.add(packet.payload().size());
  if (!track->feed->muted.load(std::memory_order_relaxed)) take_in(*track, packet, times, now_ns);
  return true;
}

void Ingress::take_in(IngressTrack& track, const rtp::PacketView& packet, const PacketTimes& times,
                      int64_t now_ns) noexcept {
  uint8_t memory[rtp::kMaxPacketSize];
  const auto joined = state_of(track).joiner.join(packet, times.arrival_ns, memory);
  if (!joined) {
    superseded.add();
    return;
  }
  TrackFeed& feed = *track.feed;
  if (feed.tap.load(std::memory_order_relaxed)) copy_to_tap(feed, *joined, times);
  measure(track, *joined, times, now_ns);
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
      !room_->awake.exchange(true, std::memory_order_seq_cst) && !home_.wake(room_->id, now_ns)) {
    // The next packet tries again.
    room_->awake.store(false, std::memory_order_seq_cst);
  }
  hand_over(track, packet, level, times, now_ns);
}

void Ingress::prefetch(int depth) const noexcept {
  if (tracks_.empty()) return;
  if (depth == 0) {
    veche::prefetch(tracks_.data());
    veche::prefetch(states_.data());
  } else {
    // Without the counters of the lanes, of which a packet needs one at most.
    veche::prefetch(tracks_.front().feed.get(), sizeof(TrackFeed) - sizeof(TrackFeed::handled));
    states_.front().history.prefetch();
  }
}

void Ingress::hand_over(IngressTrack& track, const rtp::PacketView& packet, uint8_t level,
                        const PacketTimes& times, int64_t now_ns) noexcept {
  TrackState& state = state_of(track);
  TrackFeed& feed = *track.feed;
  const uint64_t wanted = feed.wanted_lanes.load(std::memory_order_relaxed);
  if (wanted == 0) unwanted.add();
  for (Lane* lane : lanes_) {
    if ((wanted & lane->bit()) == 0) continue;
    if ((state.flowing & lane->bit()) == 0) {
      for (size_t i = 0; i < state.history.size(); ++i) {
        const rtp::History::Entry& entry = state.history.at(i);
        post(state, feed, *lane,
             [&] { return lane->remember(feed.id, entry.packet, entry.arrival_ns); });
      }
    }
    post(state, feed, *lane, [&] { return lane->forward(feed.id, packet, times, level, now_ns); });
  }
  state.flowing = wanted;
  state.history.push(packet, times.arrival_ns);
}

template <class Post>
void Ingress::post(TrackState& state, TrackFeed& feed, const Lane& lane, Post&& post) noexcept {
  InboxShare& share = state.shares[lane.index()];
  const bool has_place =
      share.has_place([&] { return feed.handled[lane.index()].load(std::memory_order_relaxed); });
  if (!has_place) {
    limit(feed);
  } else if (post()) {
    share.post();
  }
}

void Ingress::limit(TrackFeed& feed) noexcept {
  limited.add();
  feed.limited.add();
}

TrackFeed* Ingress::feed_of(uint32_t ssrc) const noexcept {
  for (size_t i = 0; i < source_count_; ++i) {
    if (sources_[i].ssrc == ssrc) return sources_[i].track->feed.get();
  }
  return nullptr;
}

IngressTrack* Ingress::find_track(const rtp::PacketView& view) noexcept {
  const uint32_t ssrc = view.ssrc();
  for (size_t i = 0; i < source_count_; ++i) {
    if (sources_[i].ssrc == ssrc) return sources_[i].track;
  }
  IngressTrack* track = learn_track(view);
  if (!track) return nullptr;
  const bool is_full = source_count_ == kMaxSsrcs;
  Source& place = is_full ? sources_[oldest_source_] : sources_[source_count_++];
  if (is_full) oldest_source_ = (oldest_source_ + 1) % kMaxSsrcs;
  place = {ssrc, track};
  return track;
}

/// By the offer's SSRCs, else by the MID extension, else because only one track has that payload
/// type (RFC 9143 section 9.2).
IngressTrack* Ingress::learn_track(const rtp::PacketView& view) noexcept {
  for (IngressTrack& track : tracks_) {
    if (std::find(track.ssrcs.begin(), track.ssrcs.end(), view.ssrc()) != track.ssrcs.end()) {
      return &track;
    }
  }
  bool has_mid = false;
  for (IngressTrack& track : tracks_) {
    const std::optional<std::string_view> mid = view.mid(track.mid_extension);
    if (mid && *mid == track.mid) return &track;
    has_mid |= mid.has_value();
  }
  IngressTrack* only = nullptr;
  for (IngressTrack& track : tracks_) {
    if (has_mid || !is_as_negotiated(track, view)) continue;
    if (only) return nullptr;
    only = &track;
  }
  return only;
}

bool Ingress::refuse() noexcept {
  unknown_ssrc.add();
  if (++strange_packets_ == kForgivenPackets + 1) violation_();
  return false;
}

}  // namespace veche::media
