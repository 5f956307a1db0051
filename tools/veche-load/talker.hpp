// SPDX-License-Identifier: Apache-2.0
// What one participant sends: an RTP packet, or none, for each 20 ms. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "schedule.hpp"

namespace veche::load {

inline constexpr int64_t kFrameMs = 20;
inline constexpr uint32_t kFrameTicks = 960;  // At 48 kHz.

enum class Silence {
  Dtx = 1,     ///< A packet each 400 ms, as Opus does.
  Continuous,  ///< 50 small packets per second.
  None,        ///< Nothing at all.
};

/// How the participant's packets look; ids of 0 are not written.
struct TalkerFormat {
  uint32_t ssrc = 0;
  uint8_t payload_type = 111;
  uint8_t audio_level_extension = 0;
  uint8_t transport_cc_extension = 0;
  uint8_t mid_extension = 0;
  std::string mid;  ///< At most 16 bytes.
};

/// What stands in the payload, so that the receiver knows what it got.
struct Mark {
  uint32_t talker = 0;
  uint32_t counter = 0;  ///< Of this talker's packets.
  uint32_t turn = 0;     ///< Index in the schedule plus one; 0: silence.
  uint32_t frame = 0;    ///< Of 20 ms, within the turn.
  int64_t sent_ns = 0;
  int64_t turn_started_ns = 0;  ///< When the turn's first packet was sent.
};

/// Nothing if the payload was not written by a Talker.
std::optional<Mark> read_mark(std::span<const uint8_t> payload) noexcept;

class Talker {
 public:
  static constexpr size_t kMaxPacketSize = 160;

  /// `turns` is the whole schedule, which outlives the talker.
  Talker(uint32_t index, TalkerFormat format, const std::vector<Turn>& turns, Silence silence,
         bool noise_floor, uint32_t seed);

  /// One call per frame. `elapsed_ms` is the time in the schedule, negative before it starts.
  /// Returns the size of the packet that was written, or 0.
  size_t next(int64_t elapsed_ms, int64_t now_ns, std::span<uint8_t, kMaxPacketSize> out);

  /// How many frames of each of its turns were sent, by index in the schedule.
  struct SentTurn {
    uint32_t turn;
    uint32_t frames;
    int64_t started_ns;
  };
  const std::vector<SentTurn>& sent_turns() const { return sent_turns_; }

 private:
  bool in_turn(int64_t elapsed_ms);
  size_t write(const Mark& mark, bool first_of_turn, uint8_t level, size_t payload_size,
               std::span<uint8_t, kMaxPacketSize> out);

  uint32_t index_;
  TalkerFormat format_;
  const std::vector<Turn>& turns_;
  std::vector<uint32_t> own_turns_;
  size_t next_turn_ = 0;
  Silence silence_;
  uint8_t silence_level_;
  std::minstd_rand random_;

  uint16_t sequence_;
  uint32_t timestamp_;
  uint32_t counter_ = 0;
  uint32_t frames_of_silence_ = 0;
  std::vector<SentTurn> sent_turns_;
};

}  // namespace veche::load
