// SPDX-License-Identifier: Apache-2.0
// Carries copied packets from the threads on which they arrive to the feeder: one for all taps.
#pragma once

#include <cstring>
#include <span>

#include "base/ids.hpp"
#include "base/inbox.hpp"
#include "media/feed/packet_times.hpp"
#include "rtp/history.hpp"

namespace veche::media {

struct TapPacket {
  TrackId track;
  PacketTimes times;
  uint16_t size = 0;
  uint8_t memory[rtp::kMaxPacketSize];

  std::span<const uint8_t> bytes() const noexcept { return {memory, size}; }
};

class TapInbox {
 public:
  /// A power of two. The feeder polls every 10 ms, so no thread has to wake it: this is enough for
  /// 800,000 packets a second.
  static constexpr size_t kCapacity = 8192;

  /// [lane or streaming] Copies the packet without waking the feeder. False if there is no room or
  /// the packet is too large.
  bool post(TrackId track, std::span<const uint8_t> bytes, const PacketTimes& times) noexcept {
    return bytes.size() <= rtp::kMaxPacketSize && packets_.push(true, [&](TapPacket& packet) {
      packet.track = track;
      packet.times = times;
      packet.size = static_cast<uint16_t>(bytes.size());
      std::memcpy(packet.memory, bytes.data(), bytes.size());
    });
  }

  /// [feeder] Calls take(const TapPacket&) for all packets that were there when it began.
  template <class Take>
  void drain(Take&& take) {
    for (size_t i = 0; i < kCapacity; ++i) {
      const TapPacket* packet = packets_.front();
      if (!packet) return;
      take(*packet);
      packets_.pop();
    }
  }

 private:
  Inbox<TapPacket> packets_{kCapacity, 0};
};

}  // namespace veche::media
