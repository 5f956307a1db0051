// SPDX-License-Identifier: Apache-2.0
// What the server remembers of webhooks over restarts, as values of the log's key-value store.
// Pure.
#pragma once

#include <optional>
#include <string>

#include "events/webhooks/delivery.hpp"
#include "events/webhooks/webhook.hpp"

namespace veche::events {

/// The spaces of the store. Keys are names of webhooks, but in that of dead letters.
inline constexpr const char* kWebhookSpace = "webhooks";
inline constexpr const char* kPositionSpace = "webhook.positions";

/// How far a webhook has come, and whether its receiver has refused more.
struct Progress {
  Position position;
  std::string refused;  ///< By 410: the reason; empty: it has not.
  std::string url;      ///< That refused it. Another one has not.
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// What can no longer be delivered: one event, or several that the log has lost.
struct DeadLetter {
  uint64_t from = 0, to = 0;  ///< Ids of the events.
  std::string type, room;     ///< Of the event; empty if it is lost.
  int64_t time_unix_ms = 0;   ///< Of the event; 0 if it is lost.
  int64_t dead_unix_ms = 0;   ///< When the server gave up.
  uint32_t attempts = 0;      ///< Since the start of the server.
  int status = 0;             ///< Of the last answer; 0: there was none.
  std::string reason;
  friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
};

std::string to_json(const Webhook& webhook);
std::string to_json(const Progress& progress);
std::string to_json(const DeadLetter& letter);

// Nothing: it is not what an earlier to_json() wrote.
std::optional<Webhook> read_webhook(const std::string& json);
std::optional<Progress> read_progress(const std::string& json);
std::optional<DeadLetter> read_dead_letter(const std::string& json);

}  // namespace veche::events
