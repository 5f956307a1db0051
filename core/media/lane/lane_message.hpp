// SPDX-License-Identifier: Apache-2.0
// The messages in a lane's inbox.
#pragma once

#include <cstdint>

#include "media/feed/packet_times.hpp"
#include "media/lane/command.hpp"
#include "media/lane/slot_fill.hpp"
#include "rtp/history.hpp"
#include "rtp/packet_view.hpp"

namespace veche::media {

struct LaneMessage {
  enum class Kind : uint8_t { Packet = 1, Preroll, Wake, Fill, Command, Datagram };
  Kind kind;
  uint8_t level;
  uint16_t size;  // Of a Datagram.
  uint64_t id;    // Track, room or session, by kind.
  SlotFill fill;
  PacketTimes times;
  LaneCommand* command;    // The lane owns it until it is returned.
  rtp::PacketView packet;  // Views the bytes below.
  uint8_t bytes[rtp::kMaxPacketSize];
};

}  // namespace veche::media
