// SPDX-License-Identifier: Apache-2.0
// A bounded map, mirrored in the log's key-value store.
#include "events/webhooks/dead_letters.hpp"

#include "base/log.hpp"

namespace veche::events {
namespace {

std::string key_of(const DeadLetter& letter) {
  constexpr size_t kDigits = 20;
  const std::string id = std::to_string(letter.from);
  return std::string(kDigits - id.size(), '0') + id;
}

}  // namespace

DeadLetters::DeadLetters(Log& log, const std::string& webhook)
    : log_(log), space_("webhook.dead/" + webhook) {
  log_.load(space_, [this, alive = std::weak_ptr<bool>(alive_)](const Result<Log::Values>& values) {
    if (alive.expired()) return;
    if (!values) {
      log::error("webhooks",
                 "the dead letters of " + space_ + " cannot be read: " + values.error().message);
      return;
    }
    for (const auto& [key, json] : *values) {
      const std::optional<DeadLetter> letter = read_dead_letter(json);
      if (letter) insert(key, *letter);
    }
  });
}

void DeadLetters::add(const DeadLetter& letter) {
  const std::string key = key_of(letter);
  log_.put(space_, key, to_json(letter), letter.dead_unix_ms + kKeptMs);
  insert(key, letter);
}

void DeadLetters::insert(const std::string& key, const DeadLetter& letter) {
  letters_[key] = std::make_unique<const DeadLetter>(letter);
  while (letters_.size() > kMax) {
    log_.erase(space_, letters_.begin()->first);
    letters_.erase(letters_.begin());
  }
}

void DeadLetters::erase_all() {
  for (const auto& [key, letter] : letters_) log_.erase(space_, key);
  letters_.clear();
}

}  // namespace veche::events
