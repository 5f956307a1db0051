// SPDX-License-Identifier: Apache-2.0
// How many connections there may be, from one address and in total.
#pragma once

#include <gio/gio.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/metric.hpp"

namespace veche::http {

/// 0: no limit but that of descriptors.
struct ConnectionLimits {
  uint32_t per_address = 3000;
  uint32_t total = 20'000;

  friend bool operator==(const ConnectionLimits&, const ConnectionLimits&) = default;
};

/// Counts connections by address. [any]
class ConnectionCounts {
 public:
  enum class Verdict { Welcome = 1, TooManyOfAddress, TooMany };

  /// Counts one unless it is one too many. `is_shared`: the address stands for many clients.
  Verdict begin(const std::string& address, bool is_shared, const ConnectionLimits& limits);
  /// One that had begun ends.
  void end(const std::string& address);
  size_t total() const;
  size_t addresses() const;

 private:
  // A socket may be freed on the thread on which GIO has closed it.
  mutable std::mutex mutex_;
  std::map<std::string, uint32_t> by_address_;
  size_t total_ = 0;
};

/// Counts sockets from their accept until they are freed. [control]
class ConnectionLimit {
 public:
  /// Is it the address of a proxy, which stands for many clients?
  using IsShared = std::function<bool(const std::string& address)>;

  ConnectionLimit(ConnectionLimits limits, IsShared is_shared)
      : limits_(limits), is_shared_(std::move(is_shared)) {}

  /// For connections that begin from now on.
  void use(ConnectionLimits limits) { limits_ = limits; }
  /// False: the socket is one too many, and has to be closed.
  bool admit(GSocket* socket);
  void put_metrics(MetricSink& sink) const;

 private:
  ConnectionLimits limits_;
  const IsShared is_shared_;
  uint64_t refused_of_address_ = 0, refused_in_total_ = 0;
  /// Shared with sockets, which may outlive this.
  const std::shared_ptr<ConnectionCounts> counts_ = std::make_shared<ConnectionCounts>();
};

}  // namespace veche::http
