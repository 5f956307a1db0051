// SPDX-License-Identifier: Apache-2.0
// What all sessions together have counted since the start, ended ones too, and how long joins took.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/histogram.hpp"

namespace veche::media {

/// Sums that never fall.
struct SessionTotals {
  uint64_t packets_in = 0, bytes_in = 0, packets_out = 0, bytes_out = 0;
  uint64_t unwanted = 0;  ///< Received while nobody listened.
  uint64_t malformed = 0, unauthentic = 0, unverified = 0, unknown_ssrc = 0, wrong_payload = 0;
  uint64_t superseded = 0;  ///< Of an SSRC that another has replaced.
  uint64_t limited = 0;     ///< Beyond what a track may send.
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
    superseded += other.superseded;
    limited += other.limited;
    send_failures += other.send_failures;
    return *this;
  }
};

/// In ns, from 1 ms to 10 s.
inline constexpr std::array<int64_t, 13> kJoinBounds{
    1'000'000,     2'000'000,     5'000'000,     10'000'000,  20'000'000,
    50'000'000,    100'000'000,   200'000'000,   500'000'000, 1'000'000'000,
    2'000'000'000, 5'000'000'000, 10'000'000'000};

enum class JoinPhase {
  Wait = 0,        ///< From the offer until a worker began with it.
  Answer,          ///< Making the answer.
  Ice,             ///< From the answer until ICE was connected.
  Dtls,            ///< From then until the certificate was verified.
  FirstPacketIn,   ///< From then until the client's first packet.
  FirstPacketOut,  ///< From then until the first packet to the client, if somebody talked already.
  FirstAudio,      ///< From the offer until that packet.
};
inline constexpr size_t kJoinPhases = static_cast<size_t>(JoinPhase::FirstAudio) + 1;

struct JoinSample {
  JoinPhase phase;
  int64_t ns;

  friend bool operator==(const JoinSample&, const JoinSample&) = default;
};

/// A histogram for each phase, with one value for each session that got through it. [control]
class JoinTimes {
 public:
  void add(const JoinSample& sample) { phases_[static_cast<size_t>(sample.phase)].add(sample.ns); }
  const Histogram& of(JoinPhase phase) const { return phases_[static_cast<size_t>(phase)]; }

 private:
  struct JoinHistogram : Histogram {
    JoinHistogram() : Histogram(kJoinBounds) {}
  };
  std::array<JoinHistogram, kJoinPhases> phases_;
};

}  // namespace veche::media
