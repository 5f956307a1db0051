// SPDX-License-Identifier: Apache-2.0
// Transport-cc feedback with any content, right or wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/big_endian.hpp"
#include "rtp/rtcp/status_chunk.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace veche::rtp::test {

/// When each packet from `base` on arrived, in us on the client's clock; nothing: it is missing.
struct Feedback {
  uint16_t base = 0;
  std::vector<std::optional<int64_t>> arrivals;
  uint8_t count = 0;

  /// The body of an RTCP packet, with a chunk and a large delta for each arrival.
  std::vector<uint8_t> body() const {
    int64_t reference = 0;
    for (const auto& arrival : arrivals) {
      if (arrival) {
        reference = *arrival / TransportFeedbackReader::kReferenceUs;
        break;
      }
    }
    std::vector<uint8_t> bytes(16);
    write_u16(&bytes[8], base);
    write_u16(&bytes[10], static_cast<uint16_t>(arrivals.size()));
    bytes[12] = static_cast<uint8_t>(reference >> 16);
    write_u16(&bytes[13], static_cast<uint16_t>(reference));
    bytes[15] = count;
    for (const auto& arrival : arrivals) {
      append(bytes, StatusChunk::run(arrival ? kLargeDelta : kNotReceived, 1).word());
    }
    int64_t before_us = reference * TransportFeedbackReader::kReferenceUs;
    for (const auto& arrival : arrivals) {
      if (!arrival) continue;
      const int64_t delta = (*arrival - before_us) / TransportFeedbackReader::kTickUs;
      append(bytes, static_cast<uint16_t>(delta));
      before_us += delta * TransportFeedbackReader::kTickUs;
    }
    return bytes;
  }

 private:
  static void append(std::vector<uint8_t>& bytes, uint16_t word) {
    bytes.push_back(static_cast<uint8_t>(word >> 8));
    bytes.push_back(static_cast<uint8_t>(word));
  }
};

inline std::optional<TransportFeedbackReader> parse(std::span<const uint8_t> body) {
  return TransportFeedbackReader::parse(
      {.type = kTransportFeedbackType, .count = kTransportCcFormat, .body = body});
}

}  // namespace veche::rtp::test
