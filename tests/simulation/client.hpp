// SPDX-License-Identifier: Apache-2.0
// One voice client as bytes: RTP with audio levels, RTCP with NACK both ways, STUN consent.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "../unit/media/ice/stun_client.hpp"
#include "link.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/packet_cache.hpp"
#include "rtp/sequence.hpp"

namespace veche::simulation {

inline constexpr uint8_t kLevelExtension = 1;
inline constexpr uint8_t kPayloadType = 111;
inline constexpr int64_t kFrameNs = 20 * kNsPerMs;
inline constexpr uint32_t kFrameTicks = 960;

/// What a packet carries instead of Opus: where it comes from, and when.
struct Frame {
  static constexpr size_t kSize = 16;

  uint16_t client = 0;
  uint16_t incarnation = 0;  ///< Grows with each time the client joins.
  uint32_t sequence = 0;     ///< Counts on past 65535.
  int64_t captured_ns = 0;

  void write(std::span<uint8_t> out) const;
  static Frame read(std::span<const uint8_t> payload);
};

/// With such frames the server ends a slot.
inline bool is_silence(std::span<const uint8_t> payload) {
  return payload.size() == 3 && payload[0] == 0xf8;
}

/// What a client is told when it joins.
struct Admission {
  uint16_t incarnation = 0;
  uint32_t track_ssrc = 0, first_slot_ssrc = 0;
  uint32_t slot_count = 0;
  std::string ufrag;  ///< Its own; the server's is "SRVR".
};

class Client {
 public:
  using Send = std::function<void(std::span<const uint8_t>)>;
  /// An RTP packet that arrives for the first time.
  using Hear = std::function<void(uint32_t slot, const rtp::PacketView&, const Frame&)>;

  /// `has_dtx`: in silence it sends a packet every 400 ms instead of every 20 ms.
  Client(uint16_t number, bool has_dtx, uint32_t seed)
      : number_(number), has_dtx_(has_dtx), random_(seed) {}

  void join(const Admission& admission, int64_t now_ns);
  void talk_until(int64_t end_ns, int64_t now_ns);
  /// Restarts its encoder: another SSRC, with other numbers and timestamps.
  void change_source();
  /// Sends what is due. To be called every millisecond.
  void run(int64_t now_ns, const Send& send);
  void receive(std::span<const uint8_t> datagram, int64_t now_ns, const Send& send,
               const Hear& hear);

  uint16_t number() const { return number_; }
  uint16_t incarnation() const { return admission_.incarnation; }
  bool talks(int64_t now_ns) const { return now_ns < talk_end_ns_; }
  bool is_nominated() const { return is_nominated_; }
  /// Numbers that were skipped in the slots and never came.
  uint64_t missing() const;

 private:
  struct Slot {
    rtp::SequenceExtender sequence;
    rtp::NackGenerator nacks{rtp::NackSettings{}};
    std::map<uint32_t, uint32_t> timestamps;  ///< Of what has come lately, by extended number.
    uint64_t missing = 0;                     ///< Before those.

    void forget_oldest();
  };

  void send_frame(int64_t now_ns, const Send& send);
  void send_feedback(int64_t now_ns, const Send& send);
  void send_consent(const Send& send);
  void on_rtp(const rtp::PacketView& packet, int64_t now_ns, const Hear& hear);
  void on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns, const Send& send);
  uint8_t level(int64_t now_ns);

  const uint16_t number_;
  const bool has_dtx_;
  std::mt19937 random_;
  Admission admission_;
  media::test::StunClient stun_;
  rtp::PacketCache sent_{32 * 256, 32};
  std::vector<Slot> slots_;
  uint32_t sequence_ = 0, timestamp_ = 0;
  uint32_t ssrc_ = 0;
  uint16_t sequence_shift_ = 0;  ///< From sequence_ to the number in the RTP header.
  uint64_t missing_before_ = 0;  ///< Of former incarnations.
  int64_t talk_begin_ns_ = 0, talk_end_ns_ = 0;
  int64_t next_frame_ns_ = 0, next_feedback_ns_ = 0, next_consent_ns_ = 0, last_sent_ns_ = 0;
  bool is_nominated_ = false;
};

}  // namespace veche::simulation
