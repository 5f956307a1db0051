// SPDX-License-Identifier: Apache-2.0
// Keys in progress and answers that are kept, within bounds.
#include "http/protocol/idempotency.hpp"

#include <algorithm>
#include <utility>

namespace veche::http {
namespace {

/// What an entry costs beside its answer.
constexpr size_t kEntryBytes = 512;

size_t bytes_of(const Response& answer) {
  size_t bytes = answer.body.size() + answer.content_type.size();
  for (const auto& [name, value] : answer.headers) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

std::optional<std::string> idempotency_key_of(std::string_view header) {
  const bool is_quoted = header.size() >= 2 && header.front() == '"' && header.back() == '"';
  if (is_quoted) header = header.substr(1, header.size() - 2);
  if (header.empty() || header.size() > kMaxIdempotencyKeyBytes) return std::nullopt;
  // Without escapes, which nobody needs in a key.
  const bool is_plain = std::all_of(header.begin(), header.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  if (!is_plain) return std::nullopt;
  return std::string(header);
}

std::string IdempotencyTable::id_of(const std::string& caller, const std::string& key) {
  return caller + " " + key;  // Neither has a space.
}

IdempotencyTable::Known IdempotencyTable::begin(const std::string& caller, const std::string& key,
                                                const std::string& fingerprint, int64_t now_ms) {
  drop_expired(now_ms);
  const auto [at, is_new] = entries_.try_emplace(id_of(caller, key));
  Entry& entry = at->second;
  if (is_new) {
    entry.caller = caller;
    entry.fingerprint = fingerprint;
    return {};
  }
  if (entry.fingerprint != fingerprint) return {nullptr, IdempotencyRefusal::OtherRequest};
  if (!entry.answer) return {nullptr, IdempotencyRefusal::InProgress};
  return {&*entry.answer, std::nullopt};
}

bool IdempotencyTable::finish(const std::string& id, const Response& answer, int64_t now_ms) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || entry->second.answer) return false;
  if (bytes_of(answer) > kMaxAnswerBytes) {
    entries_.erase(entry);
    return false;
  }
  keep(entry, answer, now_ms + kKeptMs);
  return true;
}

void IdempotencyTable::forget(const std::string& id) {
  const auto entry = entries_.find(id);
  if (entry != entries_.end() && !entry->second.answer) entries_.erase(entry);
}

void IdempotencyTable::restore(const std::string& caller, const std::string& key,
                               std::string fingerprint, Response answer, int64_t expires_ms) {
  const auto [at, is_new] = entries_.try_emplace(id_of(caller, key));
  if (!is_new) return;
  at->second.caller = caller;
  at->second.fingerprint = std::move(fingerprint);
  keep(at, std::move(answer), expires_ms);
}

void IdempotencyTable::keep(Entries::iterator at, Response answer, int64_t expires_ms) {
  Entry& entry = at->second;
  entry.bytes = kEntryBytes + bytes_of(answer);
  entry.answer = std::move(answer);
  entry.expires_ms = expires_ms;
  Order& own = by_caller_[entry.caller];
  entry.place = order_.insert(order_.end(), at->first);
  entry.place_of_caller = own.insert(own.end(), at->first);
  bytes_ += entry.bytes;
  if (own.size() > bounds_.of_caller) drop(std::string(own.front()));
  while (bytes_ > bounds_.total_bytes) drop(std::string(order_.front()));
}

void IdempotencyTable::drop(const std::string& id) {
  const auto at = entries_.find(id);
  Entry& entry = at->second;
  const auto own = by_caller_.find(entry.caller);
  own->second.erase(entry.place_of_caller);
  if (own->second.empty()) by_caller_.erase(own);
  order_.erase(entry.place);
  bytes_ -= entry.bytes;
  entries_.erase(at);
  if (dropped_) dropped_(id);
}

void IdempotencyTable::drop_expired(int64_t now_ms) {
  // In the order of their ends, unless the clock was set back, which delays a few.
  while (!order_.empty() && entries_.at(order_.front()).expires_ms <= now_ms) {
    drop(std::string(order_.front()));
  }
}

}  // namespace veche::http
