// SPDX-License-Identifier: Apache-2.0
// The STUN transactions that a session's peer sent last: STUN has no other defence against replays.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace veche::media {

/// One thread. `pair` is the hash of the pair from which a transaction comes.
class TransactionMemory {
 public:
  enum class Seen { Never = 1, Here, Elsewhere };

  Seen seen(uint64_t transaction, uint64_t pair) const noexcept {
    const size_t count = std::min(remembered_, transactions_.size());
    for (size_t i = 0; i < count; ++i) {
      if (transactions_[i].id != transaction) continue;
      return transactions_[i].pair == pair ? Seen::Here : Seen::Elsewhere;
    }
    return Seen::Never;
  }
  void remember(uint64_t transaction, uint64_t pair) noexcept {
    transactions_[remembered_++ % transactions_.size()] = {.id = transaction, .pair = pair};
  }

 private:
  struct Transaction {
    uint64_t id = 0, pair = 0;
  };

  std::array<Transaction, 32> transactions_;
  size_t remembered_ = 0;
};

}  // namespace veche::media
