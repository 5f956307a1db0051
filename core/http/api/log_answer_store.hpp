// SPDX-License-Identifier: Apache-2.0
// Keeps answers to requests with an Idempotency-Key beside the event log, in its database.
#pragma once

#include <string>
#include <utility>

#include "events/log.hpp"
#include "http/api/idempotent_requests.hpp"

namespace veche::http {

/// Without a file of the log, answers end with the process. [control]
class LogAnswerStore final : public AnswerStore {
 public:
  /// The log outlives it.
  explicit LogAnswerStore(events::Log& log) : log_(log) {}

  void put(const std::string& id, std::string value, int64_t expires_unix_ms) override {
    log_.put(kSpace, id, std::move(value), expires_unix_ms);
  }
  void erase(const std::string& id) override { log_.erase(kSpace, id); }
  Result<Kept> load() override { return log_.load(kSpace); }

 private:
  static constexpr char kSpace[] = "idempotency";
  events::Log& log_;
};

}  // namespace veche::http
