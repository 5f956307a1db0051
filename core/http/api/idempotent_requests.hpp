// SPDX-License-Identifier: Apache-2.0
// Requests with an Idempotency-Key: done once, and answered again from what is kept.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/protocol/idempotency.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

/// Where answers outlive the process. [control] all of it.
class AnswerStore {
 public:
  using Kept = std::vector<std::pair<std::string, std::string>>;  ///< Ids and values.

  virtual ~AnswerStore() = default;
  virtual void put(const std::string& id, std::string value, int64_t expires_unix_ms) = 0;
  virtual void erase(const std::string& id) = 0;
  /// Blocks.
  virtual Result<Kept> load() = 0;
};

/// [control] all of it.
class IdempotentRequests {
 public:
  /// Loads what `store` has, which outlives this; null: nothing outlives the process.
  explicit IdempotentRequests(AnswerStore* store, Clock now_unix_ms = unix_ms);
  ~IdempotentRequests();
  IdempotentRequests(const IdempotentRequests&) = delete;
  IdempotentRequests& operator=(const IdempotentRequests&) = delete;

  /// The handler for a POST of an authenticated caller whose Idempotency-Key is `header`: the
  /// route's own for a new key, else one that answers at once. To be called once, soon.
  Handler handler_of(const Route& route, const Request& request, const std::string& header);

 private:
  struct State;
  class Begun;
  const std::shared_ptr<State> state_;  ///< Answers that come late hold it weakly.
};

}  // namespace veche::http
