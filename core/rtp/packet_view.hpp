// SPDX-License-Identifier: Apache-2.0
// A view of an RTP packet (RFC 3550) in place, with its header extensions (RFC 8285). Nothing is
// copied.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace veche::rtp {

/// The audio level of RFC 6464.
struct AudioLevel {
  uint8_t level = 127;  ///< 0 is the loudest (0 dBov), 127 silence.
  bool voice = false;   ///< The V bit. Browsers always set it: not to be relied on.
};

/// Valid as long as the bytes are. Everything is checked by parse(): no accessor can read outside
/// the packet.
class PacketView {
 public:
  /// Nothing if the bytes are not a whole RTP packet of version 2 (RTCP per RFC 5761 is not).
  static std::optional<PacketView> parse(std::span<const uint8_t> bytes) noexcept;

  uint8_t payload_type() const noexcept;
  bool marker() const noexcept;
  uint16_t sequence() const noexcept;
  uint32_t timestamp() const noexcept;
  uint32_t ssrc() const noexcept;
  /// Without padding.
  std::span<const uint8_t> payload() const noexcept;
  std::span<const uint8_t> bytes() const noexcept { return bytes_; }
  /// The element with this id (1..14 one-byte form, 1..255 two-byte form); nothing if it is absent.
  /// id 0 is absent.
  std::optional<std::span<const uint8_t>> extension(uint8_t id) const noexcept;
  std::optional<AudioLevel> audio_level(uint8_t id) const noexcept;
  std::optional<std::string_view> mid(uint8_t id) const noexcept;

 private:
  std::span<const uint8_t> bytes_;
  uint16_t extension_profile_ = 0;
  std::span<const uint8_t> extensions_;
  std::span<const uint8_t> payload_;
};

}  // namespace veche::rtp
