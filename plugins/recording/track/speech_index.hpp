// SPDX-License-Identifier: Apache-2.0
// When a participant spoke, from the levels of its packets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// One for each participant. Speech begins when 60 ms within 100 ms are loud, at the first of them,
/// and ends after 600 ms without a loud packet, so that pauses for breath are part of it. One
/// thread.
class SpeechIndex {
 public:
  static constexpr size_t kMaxEntries = 5000;

  explicit SpeechIndex(std::string participant) : participant_(std::move(participant)) {}

  /// A packet, in order of time. `level`: of RFC 6464, 0 the loudest. Without one, a packet as
  /// small as discontinuous transmission makes them is silence, and every other one speech.
  void push(std::optional<uint8_t> level, size_t payload_bytes, int64_t time_ns);
  /// No packet before `time_ns` will come: ends a speech that is over.
  void advance(int64_t time_ns);
  /// The track has ended, and so has the speech.
  void finish() { close(); }

  /// Ended speeches, in order. Those that do not fit are counted.
  const std::vector<SpeechEntry>& entries() const noexcept { return entries_; }
  uint64_t more() const noexcept { return more_; }
  bool is_speaking() const noexcept { return is_speaking_; }
  /// The loudest of the last second; -127: silence, or nothing came.
  int level_dbov(int64_t now_ns) const noexcept;

 private:
  /// The level below which a track's sound is its background: the least of the last 2 s with
  /// packets.
  class NoiseFloor {
   public:
    void add(uint8_t level, int64_t span_ns) noexcept;
    uint8_t quietest() const noexcept;  ///< In -dBov; at first, loud.

   private:
    static constexpr int64_t kWindowNs = 500'000'000;
    std::array<uint8_t, 4> windows_{};
    size_t count_ = 0, next_ = 0;
    int64_t filled_ns_ = 0;
    uint8_t current_ = 0;
  };
  struct Loud {
    int64_t time_ns, span_ns;
  };

  bool is_loud(std::optional<uint8_t> level, size_t payload_bytes) const noexcept;
  void hear(int64_t time_ns, int64_t span_ns);
  void close();

  std::string participant_;
  NoiseFloor floor_;
  bool is_speaking_ = false;
  int64_t began_ns_ = 0, loud_until_ns_ = 0;
  std::deque<Loud> recent_;  ///< Loud packets of the last 100 ms.
  std::optional<int64_t> last_ns_;
  std::array<uint8_t, 2> peaks_{127, 127};  ///< Of this half of a second, and the one before.
  int64_t peak_half_ = 0;
  std::vector<SpeechEntry> entries_;
  uint64_t more_ = 0;
};

}  // namespace veche::recording
