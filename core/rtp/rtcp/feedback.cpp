// SPDX-License-Identifier: Apache-2.0
// Reads NACK, PLI, FIR and REMB.
#include "rtp/rtcp/feedback.hpp"

#include <cassert>
#include <limits>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kNackItemSize = 4;
constexpr size_t kFirEntrySize = 8;
constexpr size_t kRembHeaderSize = 8;

/// True if the body is the header and at least one whole item.
bool holds_items(std::span<const uint8_t> body, size_t item_size) noexcept {
  return body.size() >= kFeedbackHeaderSize + item_size &&
         (body.size() - kFeedbackHeaderSize) % item_size == 0;
}

/// Six bits of exponent, eighteen of mantissa.
uint64_t read_bitrate(const uint8_t* at) noexcept {
  const unsigned exponent = at[0] >> 2;
  const uint64_t mantissa = read_u24(at) & 0x3ffff;
  if (mantissa > std::numeric_limits<uint64_t>::max() >> exponent) {
    return std::numeric_limits<uint64_t>::max();
  }
  return mantissa << exponent;
}

}  // namespace

std::optional<Nack> Nack::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::Nack || !holds_items(packet.body, kNackItemSize)) {
    return std::nullopt;
  }
  Nack nack;
  nack.sender_ssrc_ = read_u32(packet.body.data());
  nack.media_ssrc_ = read_u32(packet.body.data() + 4);
  nack.items_ = packet.body.subspan(kFeedbackHeaderSize);
  return nack;
}

Nack::Item Nack::item_at(size_t index) const noexcept {
  assert(index < items_.size() / kNackItemSize);
  const uint8_t* item = &items_[index * kNackItemSize];
  return {.first = read_u16(item), .following = read_u16(item + 2)};
}

std::optional<Pli> Pli::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::Pli || packet.body.size() < kFeedbackHeaderSize) {
    return std::nullopt;
  }
  return Pli{.sender_ssrc = read_u32(packet.body.data()),
             .media_ssrc = read_u32(packet.body.data() + 4)};
}

std::optional<Fir> Fir::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::Fir || !holds_items(packet.body, kFirEntrySize)) {
    return std::nullopt;
  }
  Fir fir;
  fir.sender_ssrc_ = read_u32(packet.body.data());
  fir.entries_ = packet.body.subspan(kFeedbackHeaderSize);
  return fir;
}

FirEntry Fir::at(size_t index) const noexcept {
  assert(index < size());
  const uint8_t* entry = &entries_[index * kFirEntrySize];
  return {.ssrc = read_u32(entry), .command = entry[4]};
}

std::optional<Remb> Remb::parse(const RtcpPacket& packet) noexcept {
  constexpr size_t kSsrcsAt = kFeedbackHeaderSize + kRembHeaderSize;
  if (packet.kind() != RtcpKind::Remb || packet.body.size() < kSsrcsAt) return std::nullopt;
  const uint8_t* body = packet.body.data();
  const size_t size = body[12] * size_t{4};
  if (packet.body.size() < kSsrcsAt + size) return std::nullopt;
  return Remb{.sender_ssrc = read_u32(body),
              .bitrate_bps = read_bitrate(body + 13),
              .ssrcs = SsrcList(packet.body.subspan(kSsrcsAt, size))};
}

}  // namespace veche::rtp
