// SPDX-License-Identifier: Apache-2.0
// Writes reports and feedback messages.
#include "rtp/rtcp/rtcp_writer.hpp"

#include <algorithm>
#include <bit>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kMaxWords = 0xffff;
constexpr size_t kMaxByte = 255;
constexpr int kMantissaBits = 18;

size_t whole_words(size_t size) { return (size + 3) / 4 * 4; }

void write_blocks(uint8_t* at, std::span<const ReportBlock> blocks) {
  for (const ReportBlock& block : blocks) {
    write_u32(at, block.ssrc);
    at[4] = block.fraction_lost;
    write_u24(at + 5, static_cast<uint32_t>(block.cumulative_lost));
    write_u32(at + 8, block.highest_sequence);
    write_u32(at + 12, block.jitter);
    write_u32(at + 16, block.last_sender_report);
    write_u32(at + 20, block.delay_since_sender_report);
    at += kReportBlockSize;
  }
}

void write_ssrcs(uint8_t* at, std::span<const uint32_t> ssrcs) {
  for (size_t i = 0; i < ssrcs.size(); ++i) write_u32(at + 4 * i, ssrcs[i]);
}

/// Calls visit(first, following) for each item of a NACK (RFC 4585 section 6.2.1).
template <class Visit>
void for_each_nack_item(std::span<const uint16_t> sequences, Visit&& visit) {
  size_t i = 0;
  while (i < sequences.size()) {
    const uint16_t first = sequences[i++];
    unsigned following = 0;
    for (; i < sequences.size(); ++i) {
      const auto behind = static_cast<uint16_t>(sequences[i] - first);
      if (behind == 0 || behind > 16) break;
      following |= 1u << (behind - 1);
    }
    visit(first, static_cast<uint16_t>(following));
  }
}

}  // namespace

uint8_t* RtcpWriter::begin(uint8_t type, size_t count, size_t body_size) noexcept {
  const size_t size = kRtcpHeaderSize + body_size;
  if (count > kMaxBlocks || size > room() || size / 4 - 1 > kMaxWords) return nullptr;
  uint8_t* at = out_.data() + size_;
  at[0] = static_cast<uint8_t>(0x80 | count);
  at[1] = type;
  write_u16(at + 2, static_cast<uint16_t>(size / 4 - 1));
  size_ += size;
  return at + kRtcpHeaderSize;
}

uint8_t* RtcpWriter::begin_feedback(uint8_t type, uint8_t format, uint32_t sender_ssrc,
                                    uint32_t media_ssrc, size_t information_size) noexcept {
  uint8_t* at = begin(type, format, kFeedbackHeaderSize + information_size);
  if (at == nullptr) return nullptr;
  write_u32(at, sender_ssrc);
  write_u32(at + 4, media_ssrc);
  return at + kFeedbackHeaderSize;
}

bool RtcpWriter::add_sender_report(uint32_t ssrc, const SenderInfo& info,
                                   std::span<const ReportBlock> blocks) noexcept {
  const size_t size = 4 + kSenderInfoSize + blocks.size() * kReportBlockSize;
  uint8_t* at = begin(kSenderReportType, blocks.size(), size);
  if (at == nullptr) return false;
  write_u32(at, ssrc);
  write_u64(at + 4, info.ntp);
  write_u32(at + 12, info.timestamp);
  write_u32(at + 16, info.packets);
  write_u32(at + 20, info.octets);
  write_blocks(at + 24, blocks);
  return true;
}

bool RtcpWriter::add_receiver_report(uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept {
  uint8_t* at = begin(kReceiverReportType, blocks.size(), 4 + blocks.size() * kReportBlockSize);
  if (at == nullptr) return false;
  write_u32(at, ssrc);
  write_blocks(at + 4, blocks);
  return true;
}

bool RtcpWriter::add_cname(uint32_t ssrc, std::string_view name) noexcept {
  if (name.size() > kMaxByte) return false;
  const size_t used = 4 + 2 + name.size();
  const size_t size = whole_words(used + 1);  // At least one null byte ends the chunk.
  uint8_t* at = begin(kSourceDescriptionType, 1, size);
  if (at == nullptr) return false;
  write_u32(at, ssrc);
  at[4] = kCnameItem;
  at[5] = static_cast<uint8_t>(name.size());
  std::copy(name.begin(), name.end(), at + 6);
  std::fill(at + used, at + size, uint8_t{0});
  return true;
}

bool RtcpWriter::add_bye(std::span<const uint32_t> ssrcs) noexcept {
  uint8_t* at = begin(kByeType, ssrcs.size(), ssrcs.size() * 4);
  if (at == nullptr) return false;
  write_ssrcs(at, ssrcs);
  return true;
}

bool RtcpWriter::add_nack(uint32_t sender_ssrc, uint32_t media_ssrc,
                          std::span<const uint16_t> sequences) noexcept {
  size_t items = 0;
  for_each_nack_item(sequences, [&](uint16_t, uint16_t) { ++items; });
  if (items == 0) return false;
  uint8_t* at =
      begin_feedback(kTransportFeedbackType, kNackFormat, sender_ssrc, media_ssrc, items * 4);
  if (at == nullptr) return false;
  for_each_nack_item(sequences, [&](uint16_t first, uint16_t following) {
    write_u16(at, first);
    write_u16(at + 2, following);
    at += 4;
  });
  return true;
}

bool RtcpWriter::add_pli(uint32_t sender_ssrc, uint32_t media_ssrc) noexcept {
  return begin_feedback(kPayloadFeedbackType, kPliFormat, sender_ssrc, media_ssrc, 0) != nullptr;
}

bool RtcpWriter::add_fir(uint32_t sender_ssrc, std::span<const FirEntry> entries) noexcept {
  if (entries.empty()) return false;
  // The SSRC of the media source is unused (RFC 5104 section 4.3.1.2).
  uint8_t* at =
      begin_feedback(kPayloadFeedbackType, kFirFormat, sender_ssrc, 0, entries.size() * 8);
  if (at == nullptr) return false;
  for (const FirEntry& entry : entries) {
    write_u32(at, entry.ssrc);
    write_u32(at + 4, static_cast<uint32_t>(entry.command) << 24);
    at += 8;
  }
  return true;
}

bool RtcpWriter::add_remb(uint32_t sender_ssrc, uint64_t bitrate_bps,
                          std::span<const uint32_t> ssrcs) noexcept {
  if (ssrcs.size() > kMaxByte) return false;
  uint8_t* at = begin_feedback(kPayloadFeedbackType, kApplicationFormat, sender_ssrc, 0,
                               8 + ssrcs.size() * 4);
  if (at == nullptr) return false;
  const int exponent = std::max(static_cast<int>(std::bit_width(bitrate_bps)) - kMantissaBits, 0);
  write_u32(at, 0x52454d42);  // "REMB".
  at[4] = static_cast<uint8_t>(ssrcs.size());
  write_u24(at + 5, static_cast<uint32_t>(exponent) << kMantissaBits |
                        static_cast<uint32_t>(bitrate_bps >> exponent));
  write_ssrcs(at + 8, ssrcs);
  return true;
}

bool RtcpWriter::add_transport_feedback(uint32_t sender_ssrc, uint32_t media_ssrc,
                                        std::span<const uint8_t> information) noexcept {
  const size_t size = whole_words(information.size());
  const size_t begins_at = size_;
  uint8_t* at =
      begin_feedback(kTransportFeedbackType, kTransportCcFormat, sender_ssrc, media_ssrc, size);
  if (at == nullptr) return false;
  std::copy(information.begin(), information.end(), at);
  const size_t padding = size - information.size();
  if (padding != 0) {
    out_[begins_at] |= 0x20;
    std::fill(at + information.size(), at + size, uint8_t{0});
    at[size - 1] = static_cast<uint8_t>(padding);
  }
  return true;
}

}  // namespace veche::rtp
