// SPDX-License-Identifier: Apache-2.0
// Puts the packets of one RTP stream in order, and counts the missing ones.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>

#include "recording/track/packet.hpp"

namespace veche::recording {

/// One thread. Time is an argument: the arrival of the newest packet that was pushed, or the clock
/// if no packet waits to be pushed. A reader that is late itself, behind a slow disk, thus does not
/// give up packets that it has not seen yet.
class ReorderBuffer {
 public:
  static constexpr int64_t kHoldNs = 200'000'000;
  /// A packet this far from the newest means that the sender has restarted, if another one follows.
  static constexpr int32_t kRestart = 3000;
  /// After this long without a packet, as while a track is muted, the numbers may be anywhere: a
  /// number that is not ahead is not late, and one that is far away needs no second one.
  static constexpr int64_t kPauseNs = 2'000'000'000;
  static constexpr size_t kMaxPackets = 1024;
  static constexpr size_t kMaxBytes = 4 << 20;

  /// `hold_ns`: how long a packet waits for an earlier one.
  explicit ReorderBuffer(int64_t hold_ns = kHoldNs) : hold_ns_(hold_ns) {}

  void push(Packet&& packet);
  /// The next packet is of another source (RFC 3550 SSRC), whose numbers begin anywhere. The caller
  /// has popped what waited, with INT64_MAX as the time.
  void begin_source() noexcept { is_new_source_ = true; }

  struct Ordered {
    Packet packet;
    uint64_t lost = 0;  ///< Packets that are missing before this one.
  };
  /// The next packet in order; nothing if one before it may still come.
  std::optional<Ordered> pop(int64_t now_ns);
  /// When pop() has something even if nothing is pushed; nothing: it has not.
  std::optional<int64_t> next_deadline_ns() const;

  uint64_t late() const noexcept { return late_; }  ///< Packets that came after they were given up.
  uint64_t duplicate() const noexcept { return duplicate_; }
  uint64_t refused() const noexcept { return refused_; }  ///< Strays, and packets that did not fit.

 private:
  /// Numbers that are remembered as popped or given up, to tell a duplicate from a late packet.
  static constexpr size_t kHistory = 4096;

  /// An earlier packet that comes late has a positive number still.
  static constexpr int64_t kFirst = 0x10000;

  void insert(int64_t number, Packet&& packet);
  void restart(Packet&& packet);
  int64_t number_after_all() const { return std::max(highest_, next_ - 1) + 1; }
  bool is_full() const { return packets_.size() >= kMaxPackets || bytes_ >= kMaxBytes; }

  int64_t hold_ns_;
  bool started_ = false;
  int64_t next_ = kFirst;          ///< The number that pop() waits for.
  int64_t highest_ = kFirst;       ///< Pushed so far.
  uint16_t highest_sequence_ = 0;  ///< Its sequence number.
  std::map<int64_t, Packet> packets_;
  size_t bytes_ = 0;
  int64_t last_arrival_ns_ = 0;
  bool is_new_source_ = false;
  std::optional<Packet> stray_;  ///< Far from the others: the first packet of a restart?
  std::bitset<kHistory> popped_;
  uint64_t late_ = 0, duplicate_ = 0, refused_ = 0;
};

}  // namespace veche::recording
