// SPDX-License-Identifier: Apache-2.0
// Checks an RTP packet once, and finds its parts and header extension elements.
#include "rtp/packet_view.hpp"

#include "base/big_endian.hpp"
#include "rtp/header_layout.hpp"

namespace veche::rtp {
namespace {

constexpr uint16_t kOneByteProfile = 0xBEDE;
constexpr uint16_t kTwoByteProfile = 0x1000;
constexpr uint8_t kReservedId = 15;
constexpr size_t kMaxDatagram = 65535;  // Of UDP, so sizes fit into 16 bits.

/// RFC 5761 section 4: where RTP and RTCP share a port, these second bytes are RTCP packet types.
bool is_rtcp_type(uint8_t second_byte) { return second_byte >= 192 && second_byte <= 223; }

/// RFC 8285 section 4.2.
std::optional<std::span<const uint8_t>> find_one_byte(std::span<const uint8_t> elements,
                                                      uint8_t wanted) {
  size_t at = 0;
  while (at < elements.size()) {
    const uint8_t head = elements[at++];
    if (head == 0) continue;
    const uint8_t id = head >> 4;
    const size_t size = (head & 0x0f) + 1u;
    // Both end the processing of the extension: 15 is reserved, and 0 must not have a length.
    if (id == 0 || id == kReservedId || size > elements.size() - at) return std::nullopt;
    if (id == wanted) return elements.subspan(at, size);
    at += size;
  }
  return std::nullopt;
}

/// RFC 8285 section 4.3.
std::optional<std::span<const uint8_t>> find_two_byte(std::span<const uint8_t> elements,
                                                      uint8_t wanted) {
  size_t at = 0;
  while (at < elements.size()) {
    const uint8_t id = elements[at++];
    if (id == 0) continue;
    if (at == elements.size()) return std::nullopt;
    const size_t size = elements[at++];
    if (size > elements.size() - at) return std::nullopt;
    if (id == wanted) return elements.subspan(at, size);
    at += size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PacketView> PacketView::parse(std::span<const uint8_t> bytes) noexcept {
  const std::optional<HeaderLayout> layout = header_layout(bytes);
  if (!layout || is_rtcp_type(bytes[1]) || bytes.size() > kMaxDatagram) return std::nullopt;
  size_t padding = 0;
  const bool has_padding = (bytes[0] & 0x20) != 0;
  if (has_padding) {
    // The last byte counts itself, so it is never 0 (RFC 3550 section 5.1).
    padding = bytes.back();
    if (padding == 0 || padding > bytes.size() - layout->size) return std::nullopt;
  }
  PacketView view;
  view.data_ = bytes.data();
  view.size_ = static_cast<uint16_t>(bytes.size());
  view.header_size_ = static_cast<uint16_t>(layout->size);
  view.extension_size_ = static_cast<uint16_t>(layout->extension_size);
  view.payload_size_ = static_cast<uint16_t>(bytes.size() - layout->size - padding);
  return view;
}

std::optional<std::span<const uint8_t>> PacketView::extension(uint8_t id) const noexcept {
  if (id == 0 || extension_size_ == 0) return std::nullopt;
  const std::span<const uint8_t> extension(data_ + header_size_ - extension_size_, extension_size_);
  const uint16_t profile = read_u16(extension.data());
  const auto elements = extension.subspan(kExtensionHeaderSize);
  if (profile == kOneByteProfile) return find_one_byte(elements, id);
  // The low four bits are the application's (RFC 8285 section 4.3).
  if ((profile & 0xfff0) == kTwoByteProfile) return find_two_byte(elements, id);
  return std::nullopt;
}

std::optional<AudioLevel> PacketView::audio_level(uint8_t id) const noexcept {
  const auto element = extension(id);
  if (!element || element->empty()) return std::nullopt;
  const uint8_t value = element->front();
  return AudioLevel{.level = static_cast<uint8_t>(value & 0x7f), .voice = (value & 0x80) != 0};
}

std::optional<std::string_view> PacketView::mid(uint8_t id) const noexcept {
  const auto element = extension(id);
  if (!element || element->empty()) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(element->data()), element->size());
}

}  // namespace veche::rtp
