// SPDX-License-Identifier: Apache-2.0
// Carries one request to a receiver and tells how it ended.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "events/webhooks/address_rules.hpp"
#include "events/webhooks/delivery.hpp"

namespace veche::events {

/// One POST of JSON.
struct Attempt {
  std::string url;
  std::vector<std::string> headers;  ///< "webhook-id: ..."; Content-Type is added.
  std::string body;
};

/// [control] all of it.
class Courier {
 public:
  /// Receivers have this long for an answer, connecting included.
  static constexpr int64_t kPatienceMs = 20'000;
  /// Of an answer's body, which means nothing.
  static constexpr size_t kMaxAnswerBytes = size_t{64} * 1024;

  virtual ~Courier() = default;
  /// Returns a number, never 0. `done` is called once, later, unless the attempt is cancelled or
  /// the courier destroyed before.
  virtual uint64_t send(Attempt attempt, std::function<void(const Outcome&)> done) = 0;
  virtual void cancel(uint64_t number) = 0;
  /// For connections from now on.
  virtual void use(const AddressRules& rules, const std::string& ca_file) = 0;
};

}  // namespace veche::events
