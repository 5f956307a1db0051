// SPDX-License-Identifier: Apache-2.0
// A slot for tests: packets go through a Rewriter and are read back as a receiver sees them.
#pragma once

#include <array>
#include <optional>

#include "base/time.hpp"
#include "packet_builder.hpp"
#include "rtp/rewriter.hpp"

namespace veche::rtp::test {

inline constexpr uint16_t kFirstSequence = 1000;
inline constexpr uint32_t kFirstTimestamp = 50000;
inline constexpr int64_t kMs = kNsPerMs;
inline constexpr uint32_t kFrame = 960;
inline const SlotFormat kFormat{.ssrc = 0xabcd0001, .payload_type = 96};

/// The output, as a receiver sees it.
struct Sent {
  int sequence = -1;  ///< Relative to kFirstSequence; -1: no packet was sent.
  int64_t timestamp = -1;
  bool marker = false;
  bool operator==(const Sent&) const = default;
};

struct SlotStream {
  explicit SlotStream(SlotFormat format = kFormat, uint16_t first_sequence = kFirstSequence,
                      uint32_t first_timestamp = kFirstTimestamp)
      : first(first_sequence),
        base(first_timestamp),
        rewriter(format, first_sequence, first_timestamp) {}

  Sent write(const PacketSpec& spec, int64_t now_ns = 0) {
    const Bytes bytes = build(spec);
    const auto packet = PacketView::parse(bytes);
    std::array<uint8_t, 1500> out{};
    return read(rewriter.write(*packet, 7, std::nullopt, now_ns, out));
  }
  /// A packet of the server's own.
  Sent write_own(int64_t now_ns) {
    std::array<uint8_t, 1500> out{};
    return read(rewriter.write_own(Bytes{1, 2, 3}, 7, std::nullopt, now_ns, out));
  }
  int sequence_of(uint16_t sequence) { return write({.sequence = sequence}).sequence; }
  void skip(uint16_t sequence) {
    const Bytes bytes = build({.sequence = sequence});
    rewriter.skip(*PacketView::parse(bytes));
  }

  uint16_t first;
  uint32_t base;
  Rewriter rewriter;

 private:
  Sent read(const std::optional<PacketView>& written) const {
    if (!written) return {};
    const auto sent = PacketView::parse(written->bytes());
    return {.sequence = static_cast<uint16_t>(sent->sequence() - first),
            .timestamp = static_cast<int32_t>(sent->timestamp() - base),
            .marker = sent->marker()};
  }
};

}  // namespace veche::rtp::test
