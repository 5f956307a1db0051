// SPDX-License-Identifier: Apache-2.0
// Does the client receive what is sent over the route that media has moved to?
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace veche::media {

/// Only the echo of a sender report counts, which the client's report blocks repeat as LSR (RFC
/// 3550 section 6.4.1): sequence numbers can be guessed by a client that receives nothing. One
/// thread.
class RouteProof {
 public:
  enum class Verdict { Open = 1, Proven, Failed };

  /// A route fails after this time, once this many packets have taken it. Browsers report on audio
  /// every 2.5 to 7.5 s, and only on streams that they receive.
  static constexpr int64_t kPatienceNs = 20 * kNsPerS;
  static constexpr uint64_t kEnoughPackets = 500;
  /// A client that names more reports than this that were not sent guesses.
  static constexpr uint32_t kMaxGuesses = 16;

  /// Media has moved to another route, after `packets` packets in total. `compact`: now, in compact
  /// NTP.
  void begin(int64_t now_ns, uint32_t compact, uint64_t packets) noexcept;
  /// Media has moved to a route that needs no proof.
  void end() noexcept { verdict_ = Verdict::Proven; }
  /// A sender report with this compact NTP time is sent.
  void on_report(uint32_t compact) noexcept;
  /// The client repeats that it has received this sender report; 0: none.
  void on_echo(uint32_t compact) noexcept;

  Verdict verdict(int64_t now_ns, uint64_t packets) const noexcept;

 private:
  static constexpr size_t kReports = 64;  ///< More than are sent within kPatienceNs.

  Verdict verdict_ = Verdict::Proven;
  int64_t begun_ns_ = 0;
  uint64_t packets_ = 0;
  uint32_t begun_compact_ = 0, guesses_ = 0;
  std::array<uint32_t, kReports> reports_{};
  size_t count_ = 0;
};

}  // namespace veche::media
