// SPDX-License-Identifier: Apache-2.0
// A view of an RTP packet (RFC 3550) in place, with its header extensions (RFC 8285). Nothing is
// copied.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/big_endian.hpp"

namespace veche::rtp {

/// The audio level of RFC 6464.
struct AudioLevel {
  uint8_t level = 127;  ///< 0 is the loudest (0 dBov), 127 silence.
  bool voice = false;   ///< The V bit. Unreliable: browsers always set it.
};

/// Valid while the bytes are. parse() checks everything: no accessor can read outside the packet.
/// Small enough to travel beside the bytes, so that each packet is parsed once.
class PacketView {
 public:
  /// Nothing if the bytes are not a whole RTP packet of version 2 (RTCP per RFC 5761 is not).
  static std::optional<PacketView> parse(std::span<const uint8_t> bytes) noexcept;
  /// The view of a copy of this packet's bytes.
  PacketView of_copy(const uint8_t* copy) const noexcept {
    PacketView view = *this;
    view.data_ = copy;
    return view;
  }

  uint8_t payload_type() const noexcept { return data_[1] & 0x7f; }
  bool marker() const noexcept { return (data_[1] & 0x80) != 0; }
  uint16_t sequence() const noexcept { return read_u16(data_ + 2); }
  uint32_t timestamp() const noexcept { return read_u32(data_ + 4); }
  uint32_t ssrc() const noexcept { return read_u32(data_ + 8); }
  /// Without padding.
  std::span<const uint8_t> payload() const noexcept {
    return {data_ + header_size_, payload_size_};
  }
  std::span<const uint8_t> bytes() const noexcept { return {data_, size_}; }
  /// The element with this id (1..14 one-byte form, 1..255 two-byte form); nothing if it is absent.
  /// id 0 is always absent.
  std::optional<std::span<const uint8_t>> extension(uint8_t id) const noexcept;
  std::optional<AudioLevel> audio_level(uint8_t id) const noexcept;
  std::optional<std::string_view> mid(uint8_t id) const noexcept;

 private:
  friend class Rewriter;  // It knows the layout of the packet that it has written.

  const uint8_t* data_ = nullptr;
  uint16_t size_ = 0;
  uint16_t header_size_ = 0;     ///< Including the header extension.
  uint16_t extension_size_ = 0;  ///< Including its own header; 0: none.
  uint16_t payload_size_ = 0;
};

}  // namespace veche::rtp
