// SPDX-License-Identifier: Apache-2.0
// The plugin's metrics.
#pragma once

#include <veche/cpp/host.hpp>

#include "adaptive/rooms.hpp"

namespace veche::adaptive {

/// [control]
class Gauges {
 public:
  explicit Gauges(const Host& host);
  /// Shows what has changed since the last call.
  void show(const Rooms& rooms);

 private:
  const Metric limited_, cut_, protected_, fair_, poor_, shed_, asked_;
  const Metric limits_, cuts_, returns_, failed_steps_;
  Tally tally_;
  Counts counts_;
};

}  // namespace veche::adaptive
