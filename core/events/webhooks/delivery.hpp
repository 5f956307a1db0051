// SPDX-License-Identifier: Apache-2.0
// The values of deliveries: how an attempt ended, when, and how far a webhook has come. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veche::events {

/// How an attempt ended.
struct Outcome {
  int status = 0;             ///< Of the answer; 0: there was none.
  std::string reason;         ///< What went wrong, for operators.
  int64_t retry_after_s = 0;  ///< As the receiver asked for; 0: it did not.

  bool is_delivered() const { return status >= 200 && status < 300; }
};

/// Both clocks at one moment: delays are measured with the first, ages with the second.
struct Now {
  int64_t monotonic_ms = 0;
  int64_t unix_ms = 0;
};

/// How far a webhook has come: all that a restart needs to go on. Bounded.
struct Position {
  struct Waiting {
    uint64_t id = 0;
    int64_t failing_since_unix_ms = 0;  ///< The first failure; 0: none yet.
    friend bool operator==(const Waiting&, const Waiting&) = default;
  };
  uint64_t read = 0;             ///< Events up to this id are delivered, or not wanted,
  std::vector<Waiting> waiting;  ///< except for these, by id.
  friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace veche::events
