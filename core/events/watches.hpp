// SPDX-License-Identifier: Apache-2.0
// The consumers that are told of commits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace veche::events {

/// A subscription to commits, which ends with the object. It may outlive the log.
class Watch {
 public:
  virtual ~Watch() = default;
};

/// [control] all of it.
class Watches {
 public:
  using Committed = std::function<void(uint64_t newest)>;

  [[nodiscard]] std::unique_ptr<Watch> add(Committed committed);
  /// Watches may begin and end meanwhile; one that has ended is not told any more.
  void tell(uint64_t newest);

 private:
  std::vector<std::weak_ptr<Committed>> all_;  ///< Each Watch owns its own.
};

}  // namespace veche::events
