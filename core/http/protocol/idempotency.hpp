// SPDX-License-Identifier: Apache-2.0
// Which requests with an Idempotency-Key are new, and what the others get
// (draft-ietf-httpapi-idempotency-key-header-07). Pure: time is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/protocol/message.hpp"

namespace veche::http {

inline constexpr size_t kMaxIdempotencyKeyBytes = 128;

/// The key in the header's value: a string of RFC 9651 ("\"8e03978e\""), or the same characters
/// without quotes. Nothing: it is none, or too long.
std::optional<std::string> idempotency_key_of(std::string_view header);

enum class IdempotencyRefusal {
  InProgress = 1,  ///< The first request of this key is not answered yet.
  OtherRequest,    ///< The key belongs to a request with another path or body.
};

/// What is known of one key.
class IdempotencyTable {
 public:
  static constexpr int64_t kKeptMs = int64_t{24} * 3600 * 1000;
  /// A larger answer is not kept.
  static constexpr size_t kMaxAnswerBytes = size_t{64} * 1024;

  /// Of kept answers. Beyond a bound the oldest is evicted: of that caller, or of all.
  struct Bounds {
    size_t of_caller;
    size_t total_bytes;
  };
  /// Of a kept answer that is evicted or has expired: its id.
  using Dropped = std::function<void(const std::string& id)>;

  explicit IdempotencyTable(Bounds bounds, Dropped dropped = nullptr)
      : bounds_(bounds), dropped_(std::move(dropped)) {}

  IdempotencyTable(const IdempotencyTable&) = delete;
  IdempotencyTable& operator=(const IdempotencyTable&) = delete;

  /// Names a key of a caller.
  static std::string id_of(const std::string& caller, const std::string& key);

  /// Exactly one of the two, or nothing: the request is new, and finish() or forget() follows.
  struct Known {
    const Response* answer = nullptr;  ///< Valid until the next call of anything here.
    std::optional<IdempotencyRefusal> refusal;
  };
  /// `fingerprint` tells requests apart.
  Known begin(const std::string& caller, const std::string& key, const std::string& fingerprint,
              int64_t now_ms);
  /// The answer of a request that has begun. True: it is kept.
  bool finish(const std::string& id, const Response& answer, int64_t now_ms);
  /// A request that has begun made nothing: its key is free again.
  void forget(const std::string& id);
  /// An answer that was kept before a restart; not if its key is known.
  void restore(const std::string& caller, const std::string& key, std::string fingerprint,
               Response answer, int64_t expires_ms);

  size_t size() const { return entries_.size(); }

 private:
  using Order = std::list<std::string>;  ///< Ids of kept answers, the oldest first.
  struct Entry {
    std::string caller;
    std::string fingerprint;
    std::optional<Response> answer;  ///< Nothing: in progress.
    int64_t expires_ms = 0;
    size_t bytes = 0;
    Order::iterator place, place_of_caller;
  };
  using Entries = std::unordered_map<std::string, Entry>;

  void keep(Entries::iterator entry, Response answer, int64_t expires_ms);
  void drop(const std::string& id);
  void drop_expired(int64_t now_ms);

  const Bounds bounds_;
  const Dropped dropped_;
  Entries entries_;  ///< By id.
  Order order_;
  std::unordered_map<std::string, Order> by_caller_;
  size_t bytes_ = 0;
};

}  // namespace veche::http
