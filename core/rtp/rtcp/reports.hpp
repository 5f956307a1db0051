// SPDX-License-Identifier: Apache-2.0
// Views of the packets of RFC 3550 section 6: sender and receiver reports, CNAMEs, BYE.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::rtp {

inline constexpr size_t kMaxBlocks = 31;  ///< The count has five bits.
inline constexpr size_t kSenderInfoSize = 20;
inline constexpr size_t kReportBlockSize = 24;
inline constexpr uint8_t kCnameItem = 1;  ///< In a source description.

/// Section 6.4.1: a receiver's report about one SSRC.
struct ReportBlock {
  uint32_t ssrc = 0;
  uint8_t fraction_lost = 0;               ///< In 256ths, since the previous report.
  int32_t cumulative_lost = 0;             ///< 24 bits; negative where there were duplicates.
  uint32_t highest_sequence = 0;           ///< The number of cycles is in the upper half.
  uint32_t jitter = 0;                     ///< In units of the timestamp.
  uint32_t last_sender_report = 0;         ///< LSR: compact NTP time of that report; 0: none.
  uint32_t delay_since_sender_report = 0;  ///< DLSR: in 1/65536 s.
  bool operator==(const ReportBlock&) const = default;
};

/// Section 6.4.1: a sender's report about itself.
struct SenderInfo {
  uint64_t ntp = 0;
  uint32_t timestamp = 0;  ///< At the same moment.
  uint32_t packets = 0;
  uint32_t octets = 0;  ///< Payload only.
  bool operator==(const SenderInfo&) const = default;
};

/// Report blocks in place.
class ReportBlocks {
 public:
  ReportBlocks() = default;
  explicit ReportBlocks(std::span<const uint8_t> bytes) noexcept : bytes_(bytes) {}
  size_t size() const noexcept { return bytes_.size() / kReportBlockSize; }
  ReportBlock at(size_t index) const noexcept;

 private:
  std::span<const uint8_t> bytes_;
};

/// SSRCs in place.
class SsrcList {
 public:
  SsrcList() = default;
  explicit SsrcList(std::span<const uint8_t> bytes) noexcept : bytes_(bytes) {}
  size_t size() const noexcept { return bytes_.size() / 4; }
  uint32_t at(size_t index) const noexcept;

 private:
  std::span<const uint8_t> bytes_;
};

// Each parse() returns nothing if the packet is of another kind or too short. Extensions after the
// blocks are ignored.

struct SenderReport {
  uint32_t ssrc = 0;
  SenderInfo info;
  ReportBlocks blocks;
  static std::optional<SenderReport> parse(const RtcpPacket& packet) noexcept;
};

struct ReceiverReport {
  uint32_t ssrc = 0;
  ReportBlocks blocks;
  static std::optional<ReceiverReport> parse(const RtcpPacket& packet) noexcept;
};

/// The reason is not kept.
struct Bye {
  SsrcList ssrcs;
  static std::optional<Bye> parse(const RtcpPacket& packet) noexcept;
};

/// Section 6.5.1.
struct Cname {
  uint32_t ssrc = 0;
  std::string_view name;  ///< UTF-8 by the RFC, but a sender may put any bytes here.
};

/// The CNAMEs of a source description; other items are skipped.
class CnameReader {
 public:
  /// A packet of another kind has none.
  explicit CnameReader(const RtcpPacket& packet) noexcept;
  /// Nothing at the end, and after the first broken chunk.
  std::optional<Cname> next() noexcept;

 private:
  std::optional<Cname> read_chunk() noexcept;
  void refuse() noexcept { rest_ = {}; }

  std::span<const uint8_t> rest_;
  size_t chunks_ = 0;
};

}  // namespace veche::rtp
