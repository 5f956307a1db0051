// SPDX-License-Identifier: Apache-2.0
// The times in which a track was muted or the disk too slow: the reasons for its gaps.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// Of one track; times are nanoseconds since the recording began. One thread.
class TrackTimes {
 public:
  /// Of each kind: further ones become part of the last. A client that mutes in a loop cannot fill
  /// memory.
  static constexpr size_t kMaxSpans = 1000;

  void set_muted(bool muted, int64_t at_ns);
  void add_overflow(int64_t start_ns, int64_t end_ns);

  bool was_muted(const Span& span) const;
  bool has_overflown(const Span& span) const;
  /// Sets the reasons of those that the server or the disk caused.
  void explain(std::vector<Gap>& gaps) const;

 private:
  std::vector<Span> muted_, overflows_;
  std::optional<int64_t> muted_since_ms_;
};

}  // namespace veche::recording
