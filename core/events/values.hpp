// SPDX-License-Identifier: Apache-2.0
// Changes of the server's small values that are not written yet. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace veche::events {

struct StoredValue {
  std::string value;
  int64_t expires_unix_ms = 0;  ///< 0: never.
};

struct ValueChange {
  std::string space, key;
  std::optional<StoredValue> to;  ///< Nothing: it is erased.
};

/// What the values of a space are after these changes.
void overlay(const std::vector<ValueChange>& changes, const std::string& space,
             std::map<std::string, StoredValue>& values);

/// The last change of each key, until they are taken.
class PendingValues {
 public:
  /// Keys; beyond that changes of further keys are dropped and counted.
  static constexpr size_t kMax = 10'000;

  void change(ValueChange change);
  std::vector<ValueChange> take();
  bool empty() const { return changes_.empty(); }
  uint64_t dropped() const { return dropped_; }
  void overlay(const std::string& space, std::map<std::string, StoredValue>& values) const;

 private:
  std::map<std::pair<std::string, std::string>, std::optional<StoredValue>> changes_;
  uint64_t dropped_ = 0;
};

}  // namespace veche::events
