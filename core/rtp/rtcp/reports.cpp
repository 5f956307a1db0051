// SPDX-License-Identifier: Apache-2.0
// Reads sender and receiver reports, source descriptions and BYE.
#include "rtp/rtcp/reports.hpp"

#include <cassert>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kSsrcSize = 4;
constexpr uint8_t kEndItem = 0;

/// The report blocks that the header announces, from offset `at` of its body.
std::optional<ReportBlocks> blocks_of(const RtcpPacket& packet, size_t at) noexcept {
  const size_t size = packet.count * kReportBlockSize;
  if (packet.body.size() < at + size) return std::nullopt;
  return ReportBlocks(packet.body.subspan(at, size));
}

}  // namespace

ReportBlock ReportBlocks::at(size_t index) const noexcept {
  assert(index < size());
  const uint8_t* block = &bytes_[index * kReportBlockSize];
  return {.ssrc = read_u32(block),
          .fraction_lost = block[4],
          .cumulative_lost = read_i24(block + 5),
          .highest_sequence = read_u32(block + 8),
          .jitter = read_u32(block + 12),
          .last_sender_report = read_u32(block + 16),
          .delay_since_sender_report = read_u32(block + 20)};
}

uint32_t SsrcList::at(size_t index) const noexcept {
  assert(index < size());
  return read_u32(&bytes_[index * kSsrcSize]);
}

std::optional<SenderReport> SenderReport::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::SenderReport) return std::nullopt;
  const auto blocks = blocks_of(packet, kSsrcSize + kSenderInfoSize);
  if (!blocks) return std::nullopt;
  const uint8_t* body = packet.body.data();
  return SenderReport{.ssrc = read_u32(body),
                      .info = {.ntp = read_u64(body + 4),
                               .timestamp = read_u32(body + 12),
                               .packets = read_u32(body + 16),
                               .octets = read_u32(body + 20)},
                      .blocks = *blocks};
}

std::optional<ReceiverReport> ReceiverReport::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::ReceiverReport) return std::nullopt;
  const auto blocks = blocks_of(packet, kSsrcSize);
  if (!blocks) return std::nullopt;
  return ReceiverReport{.ssrc = read_u32(packet.body.data()), .blocks = *blocks};
}

std::optional<Bye> Bye::parse(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::Bye) return std::nullopt;
  const size_t size = packet.count * kSsrcSize;
  if (packet.body.size() < size) return std::nullopt;
  return Bye{.ssrcs = SsrcList(packet.body.first(size))};
}

CnameReader::CnameReader(const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::SourceDescription) return;
  rest_ = packet.body;
  chunks_ = packet.count;
}

std::optional<Cname> CnameReader::next() noexcept {
  while (chunks_ > 0 && rest_.size() >= kSsrcSize) {
    --chunks_;
    if (const auto cname = read_chunk()) return cname;
  }
  return std::nullopt;
}

std::optional<Cname> CnameReader::read_chunk() noexcept {
  const uint32_t ssrc = read_u32(rest_.data());
  std::optional<Cname> found;
  size_t at = kSsrcSize;
  while (at < rest_.size() && rest_[at] != kEndItem) {
    const bool has_length = rest_.size() - at >= 2;
    if (!has_length || rest_[at + 1] > rest_.size() - at - 2) {
      refuse();
      return std::nullopt;
    }
    const auto text = rest_.subspan(at + 2, rest_[at + 1]);
    if (rest_[at] == kCnameItem) {
      found = {.ssrc = ssrc, .name = {reinterpret_cast<const char*>(text.data()), text.size()}};
    }
    at += 2 + text.size();
  }
  // At least one null byte, then padding to a whole word.
  const size_t end = at / 4 * 4 + 4;
  if (end > rest_.size()) {
    refuse();
    return std::nullopt;
  }
  rest_ = rest_.subspan(end);
  return found;
}

}  // namespace veche::rtp
