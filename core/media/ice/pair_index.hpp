// SPDX-License-Identifier: Apache-2.0
// Finds the session of a candidate pair: a hash table that allocates only in reserve().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/ice/address.hpp"

namespace veche::media {

class IceSession;

/// Open addressing with linear probing, at most half full. One thread.
class PairIndex {
 public:
  struct Entry {
    CandidatePair pair;
    uint16_t slot = 0;              ///< Of the pair in its session.
    IceSession* session = nullptr;  ///< Null: a free cell.
  };

  explicit PairIndex(const HashKey& key) : key_(key), cells_(2) {}

  /// Makes room for this many pairs in total.
  void reserve(size_t pairs);
  /// Null: unknown. Valid until the next change.
  const Entry* find(const CandidatePair& pair) const noexcept;
  /// The pair must be unknown, and there must be room.
  void insert(const Entry& entry) noexcept;
  void erase(const CandidatePair& pair) noexcept;
  size_t size() const noexcept { return size_; }

 private:
  size_t home(const CandidatePair& pair) const noexcept {
    return pair.hash(key_) & (cells_.size() - 1);
  }
  size_t next(size_t cell) const noexcept { return (cell + 1) & (cells_.size() - 1); }
  /// The pair's cell, or the free one where it would be.
  size_t locate(const CandidatePair& pair) const noexcept;

  HashKey key_;
  std::vector<Entry> cells_;  ///< A power of two of them.
  size_t size_ = 0;
};

}  // namespace veche::media
