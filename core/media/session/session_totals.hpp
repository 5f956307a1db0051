// SPDX-License-Identifier: Apache-2.0
// What all sessions together have counted since the start, ended ones too, and how long joins took.
#pragma once

#include <array>
#include <cstdint>

#include "base/histogram.hpp"

namespace veche::media {

/// Sums that never fall.
struct SessionTotals {
  uint64_t packets_in = 0, bytes_in = 0, packets_out = 0, bytes_out = 0;
  uint64_t unwanted = 0;  ///< Received, but nobody listened.
  uint64_t malformed = 0, unauthentic = 0, unverified = 0, unknown_ssrc = 0, wrong_payload = 0;
  uint64_t send_failures = 0;

  SessionTotals& operator+=(const SessionTotals& other) {
    packets_in += other.packets_in;
    bytes_in += other.bytes_in;
    packets_out += other.packets_out;
    bytes_out += other.bytes_out;
    unwanted += other.unwanted;
    malformed += other.malformed;
    unauthentic += other.unauthentic;
    unverified += other.unverified;
    unknown_ssrc += other.unknown_ssrc;
    wrong_payload += other.wrong_payload;
    send_failures += other.send_failures;
    return *this;
  }
};

/// In ns, from 1 ms to 10 s.
inline constexpr std::array<int64_t, 13> kJoinBounds{
    1'000'000,     2'000'000,     5'000'000,     10'000'000,  20'000'000,
    50'000'000,    100'000'000,   200'000'000,   500'000'000, 1'000'000'000,
    2'000'000'000, 5'000'000'000, 10'000'000'000};

/// One value for each session that came so far. [control] writes.
struct JoinTimes {
  Histogram wait_ns{kJoinBounds};             ///< From the offer until a worker began with it.
  Histogram answer_ns{kJoinBounds};           ///< Making the answer.
  Histogram ice_ns{kJoinBounds};              ///< From the answer until ICE was connected.
  Histogram dtls_ns{kJoinBounds};             ///< From then until the certificate was verified.
  Histogram first_packet_in_ns{kJoinBounds};  ///< From then until the client's first packet.
  /// From then until the first packet went to the client, and from the offer until then: where
  /// somebody talked already.
  Histogram first_packet_out_ns{kJoinBounds}, first_audio_ns{kJoinBounds};
};

}  // namespace veche::media
