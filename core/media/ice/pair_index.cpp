// SPDX-License-Identifier: Apache-2.0
// Linear probing, and deletion that closes the gap.
#include "media/ice/pair_index.hpp"

#include <bit>
#include <cassert>

namespace veche::media {

void PairIndex::reserve(size_t pairs) {
  const size_t wanted = std::bit_ceil(pairs * 2);
  if (wanted <= cells_.size()) return;
  std::vector<Entry> old(wanted);
  old.swap(cells_);
  size_ = 0;
  for (const Entry& entry : old) {
    if (entry.session != nullptr) insert(entry);
  }
}

size_t PairIndex::locate(const CandidatePair& pair) const noexcept {
  size_t cell = home(pair);
  while (cells_[cell].session != nullptr && cells_[cell].pair != pair) cell = next(cell);
  return cell;
}

const PairIndex::Entry* PairIndex::find(const CandidatePair& pair) const noexcept {
  const Entry& entry = cells_[locate(pair)];
  return entry.session != nullptr ? &entry : nullptr;
}

void PairIndex::insert(const Entry& entry) noexcept {
  Entry& cell = cells_[locate(entry.pair)];
  assert(cell.session == nullptr && (size_ + 1) * 2 <= cells_.size());
  cell = entry;
  ++size_;
}

void PairIndex::erase(const CandidatePair& pair) noexcept {
  size_t gap = locate(pair);
  if (cells_[gap].session == nullptr) return;
  const size_t mask = cells_.size() - 1;
  for (size_t cell = next(gap); cells_[cell].session != nullptr; cell = next(cell)) {
    // An entry may move into the gap unless that would put it before its home.
    if (((cell - home(cells_[cell].pair)) & mask) < ((cell - gap) & mask)) continue;
    cells_[gap] = cells_[cell];
    gap = cell;
  }
  cells_[gap] = Entry{};
  --size_;
}

}  // namespace veche::media
