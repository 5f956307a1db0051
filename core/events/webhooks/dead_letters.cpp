// SPDX-License-Identifier: Apache-2.0
// A bounded map, mirrored in the log's key-value store.
#include "events/webhooks/dead_letters.hpp"

namespace veche::events {
namespace {

std::string key_of(const DeadLetter& letter) {
  constexpr size_t kDigits = 20;
  const std::string id = std::to_string(letter.from);
  return std::string(kDigits - id.size(), '0') + id;
}

std::string space_of(const std::string& webhook) { return "webhook.dead/" + webhook; }

}  // namespace

DeadLetters::DeadLetters(Log& log, const std::string& webhook, const Log::Values& kept)
    : log_(log), space_(space_of(webhook)) {
  for (const auto& [key, json] : kept) {
    const std::optional<DeadLetter> letter = read_dead_letter(json);
    if (letter) insert(key, *letter);
  }
}

Result<Log::Values> DeadLetters::kept(Log& log, const std::string& webhook) {
  return log.load(space_of(webhook));
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
