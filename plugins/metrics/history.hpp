// SPDX-License-Identifier: Apache-2.0
// The last minutes, one row a second, for a first look by operators. Bounded.
#pragma once

#include <veche/host.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veche::metrics {

/// One look at the server: growing sums, and current values.
class Snapshot {
 public:
  void add(const veche_metric_info& metric);

  double rooms = 0, participants = 0, speakers = 0, sessions = 0, resident_bytes = 0;
  double packets_in = 0, packets_out = 0, lost_in = 0, lost_out = 0, dropped = 0;
  double cpu_s = 0, busy_s = 0, unheard_speech_s = 0;
  double round_trip_s = 0, round_trips = 0;  ///< The sum, and their number.
  double forward_s = 0, forwarded = 0;
  double lanes = 0;
  double fair = 0, poor = 0, cut = 0;  ///< Of plugins/adaptive; 0 without it.
};

class History {
 public:
  explicit History(size_t seconds) : seconds_(seconds) {}

  /// To be called about once a second. `now_ms` is of a clock that never jumps: rates are per
  /// second of it.
  void add(const Snapshot& now, int64_t time_unix_ms, int64_t now_ms);
  /// A JSON object with one array for each column, the oldest row first.
  std::string json() const;

  struct Column {
    const char* name;
    const char* meaning;
  };
  static const std::vector<Column>& columns();
  size_t size() const { return rows_.size(); }

 private:
  static constexpr size_t kColumns = 19;
  using Row = std::array<double, kColumns>;

  const size_t seconds_;
  std::vector<Row> rows_;  ///< A ring, once it is full.
  size_t next_ = 0;        ///< Where the next row goes.
  Snapshot last_;
  int64_t last_ms_ = 0;  ///< 0: there is none yet.
};

}  // namespace veche::metrics
