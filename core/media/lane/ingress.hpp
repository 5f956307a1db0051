// SPDX-License-Identifier: Apache-2.0
// Handles a packet on the thread on which it arrives: checks, measures, hands over to the lanes
// with listeners.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/counter.hpp"
#include "media/feed/header_keeper.hpp"
#include "media/feed/track_feed.hpp"
#include "media/feed/track_limit.hpp"
#include "media/lane/lane.hpp"
#include "rtp/history.hpp"
#include "rtp/stream_joiner.hpp"

namespace veche::media {

/// Identifies the packets of one track.
struct IngressTrack {
  std::shared_ptr<TrackFeed> feed;  // Shared with the lanes.
  std::string mid;
  std::vector<uint32_t> ssrcs;  ///< Announced in the offer.
  uint8_t payload_type = 0;
  uint8_t level_extension = 0;
  uint8_t mid_extension = 0;
  uint32_t clock_rate = 48000;
  TrackRates rates;
};

class Ingress {
 public:
  /// At most this many packets with unknown SSRCs are tolerated, such as stray probes.
  static constexpr uint32_t kForgivenPackets = 64;
  /// A client may restart its encoder: of more SSRCs than these the oldest is forgotten, and
  /// recognised again if it returns.
  static constexpr size_t kMaxSsrcs = 8;

  /// `violation` is called once, on the thread of handle(). `room` is shared with its handle and
  /// its other sessions.
  Ingress(std::vector<IngressTrack> tracks, std::shared_ptr<RoomFeed> room, Lane& home,
          const Lanes& lanes, std::function<void()> violation);

  /// [streaming or lane] One thread at a time. False: the packet is none of the session's. True: it
  /// counts in reports, even if it goes no further because the track is limited.
  bool handle(const rtp::PacketView& packet, const PacketTimes& times, int64_t now_ns) noexcept;
  /// [streaming] The same for a packet that arrives now and has not been checked. It counts as a
  /// sign of life if it matches the negotiation.
  bool handle(std::span<const uint8_t> bytes, int64_t now_ns) noexcept;
  /// [the thread of handle()] The track to which packets of this SSRC belong, if some have come;
  /// else null.
  TrackFeed* feed_of(uint32_t ssrc) const noexcept;
  /// [lane] A hint: handle() will be called soon. Depth 0, then 1.
  void prefetch(int depth) const noexcept;
  /// [streaming or lane] An authentic sign of the client's life: media, RTCP, STUN.
  void heard(int64_t now_ns) noexcept { last_heard_ns_.store(now_ns, std::memory_order_relaxed); }
  /// [control] The certificate matches the offer: packets count from now on.
  void accept() noexcept { accepted_.store(true, std::memory_order_release); }
  /// [any] The time of the last sign of life; 0: none yet.
  int64_t last_heard_ns() const noexcept { return last_heard_ns_.load(std::memory_order_relaxed); }

  /// [any] The arrival of the first packet of a track; 0: none yet.
  int64_t first_packet_ns() const noexcept {
    return first_packet_ns_.load(std::memory_order_relaxed);
  }
  uint64_t dropped() const noexcept {
    return malformed.value() + unauthentic.value() + unverified.value() + unknown_ssrc.value() +
           wrong_payload.value() + superseded.value();
  }

  Counter packets, bytes, unwanted;
  // Refused packets: not RTP; not authentic; before the certificate check; of no track; not as
  // negotiated; of an SSRC that another has replaced.
  Counter malformed, unauthentic, unverified, unknown_ssrc, wrong_payload, superseded;
  /// Packets of all tracks beyond what a track may send. Each feed counts its own.
  Counter limited;
  /// Headers of packets from the client. Control starts and reads it.
  HeaderKeeper headers;

 private:
  struct Source {
    uint32_t ssrc = 0;
    IngressTrack* track = nullptr;
  };
  struct TrackState {
    TrackState(const IngressTrack& track, size_t lanes);

    TrackLimit limit;
    rtp::StreamJoiner joiner;
    rtp::History history{Preroll::kMostPackets};
    uint64_t flowing = 0;            // The lanes that got the previous packet.
    std::vector<InboxShare> shares;  // By lane.
  };

  IngressTrack* find_track(const rtp::PacketView& view) noexcept;
  IngressTrack* learn_track(const rtp::PacketView& view) noexcept;
  void take_in(IngressTrack& track, const rtp::PacketView& packet, const PacketTimes& times,
               int64_t now_ns) noexcept;
  void measure(IngressTrack& track, const rtp::PacketView& packet, const PacketTimes& times,
               int64_t now_ns) noexcept;
  void hand_over(IngressTrack& track, const rtp::PacketView& packet, uint8_t level,
                 const PacketTimes& times, int64_t now_ns) noexcept;
  /// Posts to the lane what its share allows.
  template <class Post>
  void post(TrackState& state, TrackFeed& feed, const Lane& lane, Post&& post) noexcept;
  void limit(TrackFeed& feed) noexcept;
  TrackState& state_of(const IngressTrack& track) noexcept {
    return states_[static_cast<size_t>(&track - tracks_.data())];
  }
  bool refuse() noexcept;

  std::vector<IngressTrack> tracks_;
  std::vector<TrackState> states_;  // Parallel to tracks_.
  std::array<Source, kMaxSsrcs> sources_{};
  size_t source_count_ = 0, oldest_source_ = 0;
  uint32_t strange_packets_ = 0;
  std::shared_ptr<RoomFeed> room_;
  Lane& home_;
  std::vector<Lane*> lanes_;
  std::function<void()> violation_;
  std::atomic<bool> accepted_{false};
  std::atomic<int64_t> last_heard_ns_{0}, first_packet_ns_{0};
};

}  // namespace veche::media
