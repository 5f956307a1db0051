// SPDX-License-Identifier: Apache-2.0
// The packets of one participant: an RTP packet, or none, for each 20 ms. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mark.hpp"
#include "schedule.hpp"
#include "voice.hpp"

namespace veche::load {

enum class Silence {
  Dtx = 1,     ///< A packet each 400 ms, as Opus does.
  Continuous,  ///< 50 packets per second.
  None,        ///< Nothing at all.
};

/// The format of the participant's packets; ids of 0 are not written.
struct TalkerFormat {
  uint32_t ssrc = 0;
  uint8_t payload_type = 111;
  uint8_t audio_level_extension = 0;
  uint8_t transport_cc_extension = 0;
  uint8_t mid_extension = 0;
  std::string mid;  ///< At most 16 bytes.
};

class Talker {
 public:
  static constexpr size_t kMaxPacketSize = 256;

  /// `turns` is the whole schedule of the room; it and the voice outlive the talker.
  Talker(uint16_t index, TalkerFormat format, const std::vector<Turn>& turns, const Voice& voice,
         Silence silence, uint32_t seed);

  /// One call per frame. `elapsed_ms` is the time in the schedule, negative before it starts.
  /// Returns the size of the packet that was written, or 0.
  size_t next(int64_t elapsed_ms, int64_t now_ns, std::span<uint8_t, kMaxPacketSize> out);

  /// The number of frames sent in each of its turns, by index in the schedule.
  struct SentTurn {
    uint32_t turn;
    uint32_t frames;
    int64_t started_ns;
  };
  const std::vector<SentTurn>& sent_turns() const { return sent_turns_; }

 private:
  bool in_turn(int64_t elapsed_ms);
  size_t write_silence(int64_t now_ns, std::span<uint8_t, kMaxPacketSize> out);
  size_t write(const Mark& mark, bool first_of_turn, const VoiceFrame& frame,
               std::span<uint8_t, kMaxPacketSize> out);
  size_t write_header(bool marker, uint8_t level, std::span<uint8_t, kMaxPacketSize> out);

  uint16_t index_;
  TalkerFormat format_;
  const std::vector<Turn>& turns_;
  const Voice& voice_;
  std::vector<uint32_t> own_turns_;
  size_t next_turn_ = 0;
  Silence silence_;

  uint16_t sequence_;
  uint32_t timestamp_;
  size_t voice_at_;  ///< Talkers start at different syllables.
  uint32_t frames_of_silence_ = 0;
  std::vector<SentTurn> sent_turns_;
};

}  // namespace veche::load
