// SPDX-License-Identifier: Apache-2.0
// The dead letters of one webhook: in memory, and kept by the log over restarts.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "events/log.hpp"
#include "events/webhooks/stored.hpp"

namespace veche::events {

/// [control] all of it.
class DeadLetters {
 public:
  /// Beyond this number the oldest events give way.
  static constexpr size_t kMax = 500;
  static constexpr int64_t kKeptMs = int64_t{30} * 24 * 3600 * 1000;

  /// `kept`: those of earlier runs, as kept() has them. The log outlives this.
  DeadLetters(Log& log, const std::string& webhook, const Log::Values& kept);
  DeadLetters(const DeadLetters&) = delete;
  DeadLetters& operator=(const DeadLetters&) = delete;

  /// Of a webhook; blocks as Log::load().
  static Result<Log::Values> kept(Log& log, const std::string& webhook);

  void add(const DeadLetter& letter);
  /// Of a webhook that is removed.
  void erase_all();
  /// By the id of the event, as 20 digits.
  using Letters = std::map<std::string, std::unique_ptr<const DeadLetter>>;
  const Letters& letters() const { return letters_; }

 private:
  void insert(const std::string& key, const DeadLetter& letter);

  Log& log_;
  const std::string space_;
  Letters letters_;
};

}  // namespace veche::events
