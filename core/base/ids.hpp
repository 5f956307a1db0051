// SPDX-License-Identifier: Apache-2.0
// Ids that cannot be mixed up, and the rule for names that come from outside.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace veche {

/// 64 bit, unique in this process, never 0 and never reused, so a stale id is merely unknown.
template <class Tag>
struct Id {
  uint64_t value = 0;

  explicit operator bool() const { return value != 0; }
  friend bool operator==(Id, Id) = default;
  friend auto operator<=>(Id, Id) = default;  // NOLINT: clang-tidy 14 sees a null pointer here.

  /// [any]
  static Id next() {
    static std::atomic<uint64_t> last{0};
    return Id{last.fetch_add(1, std::memory_order_relaxed) + 1};
  }
};

using RoomId = Id<struct RoomTag>;
using ParticipantId = Id<struct ParticipantTag>;
using SessionId = Id<struct SessionTag>;
using TrackId = Id<struct TrackTag>;

inline constexpr size_t kMaxNameLength = 64;

/// Names of rooms and participants: `[A-Za-z0-9_.~-]{1,64}`, and neither "." nor "..".
bool is_valid_name(std::string_view name);

}  // namespace veche

template <class Tag>
struct std::hash<veche::Id<Tag>> {
  size_t operator()(veche::Id<Tag> id) const noexcept { return std::hash<uint64_t>{}(id.value); }
};
