// SPDX-License-Identifier: Apache-2.0
// Turns a count of a plugin's mistakes into log lines, of which there are few. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"

namespace veche::plugin {

/// To be asked once a second.
class FaultWatch {
 public:
  static constexpr int64_t kReportNs = 60 * kNsPerS;

  /// `what` follows a number: "verdicts that ...".
  explicit FaultWatch(std::string what) : what_(std::move(what)) {}

  /// The line for the log, at most one in kReportNs; "": nothing. `total`: since the start, or
  /// since another plugin had the same counter.
  std::string look(uint64_t total, int64_t now_ns) {
    if (total <= reported_) reported_ = total;
    if (total == reported_ || (reported_ns_ && now_ns - *reported_ns_ < kReportNs)) return {};
    reported_ns_ = now_ns;
    return std::to_string(total - std::exchange(reported_, total)) + " " + what_;
  }
  /// What there is so far is not this plugin's.
  void begin_at(uint64_t total) { reported_ = total; }

 private:
  const std::string what_;
  uint64_t reported_ = 0;
  std::optional<int64_t> reported_ns_;
};

}  // namespace veche::plugin
