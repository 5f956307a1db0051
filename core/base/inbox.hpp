// SPDX-License-Identifier: Apache-2.0
// A bounded lock-free queue with many producers and one consumer. Cells are filled and read in
// place.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace veche {

/// After D. Vyukov's bounded MPMC queue, with one consumer. The last `reserve` cells are for
/// messages that must survive a short overload: the queue refuses packets before commands.
template <class T>
class Inbox {
 public:
  /// `capacity` is a power of two.
  Inbox(size_t capacity, size_t reserve)
      : cells_(std::make_unique<Cell[]>(capacity)), mask_(capacity - 1), reserve_(reserve) {
    assert(std::has_single_bit(capacity) && reserve < capacity);
    for (size_t i = 0; i < capacity; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }

  /// [any] Calls fill(T&) in a free cell. False, without any effect, if there is none.
  template <class Fill>
  bool push(bool may_use_reserve, Fill&& fill) noexcept {
    size_t position = tail_.load(std::memory_order_relaxed);
    const auto usable = static_cast<ptrdiff_t>(mask_ + 1 - (may_use_reserve ? 0 : reserve_));
    for (;;) {
      // Signed: our idea of the tail may be older than the head.
      const auto depth = static_cast<ptrdiff_t>(position - head_.load(std::memory_order_acquire));
      if (depth >= usable) return false;
      Cell& cell = cells_[position & mask_];
      const size_t turn = cell.turn.load(std::memory_order_acquire);
      if (turn == position) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          fill(cell.value);
          // Sequentially consistent, so that a consumer that goes to sleep and a producer that
          // wakes it cannot miss each other.
          cell.turn.store(position + 1, std::memory_order_seq_cst);
          return true;
        }
      } else {
        position = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  /// [consumer] The oldest message, or null. It stays in its cell until pop().
  T* front() noexcept {
    Cell& cell = cells_[next_ & mask_];
    return cell.turn.load(std::memory_order_seq_cst) == next_ + 1 ? &cell.value : nullptr;
  }
  /// [consumer] Frees the cell of front().
  void pop() noexcept {
    cells_[next_ & mask_].turn.store(next_ + mask_ + 1, std::memory_order_release);
    ++next_;
    head_.store(next_, std::memory_order_release);
  }

  /// [any] The approximate number of waiting messages. Head first: it never overtakes the tail, so
  /// a tail that is read later is not behind it.
  size_t depth() const noexcept {
    const size_t head = head_.load(std::memory_order_acquire);
    return std::min(tail_.load(std::memory_order_relaxed) - head, mask_ + 1);
  }

 private:
  struct Cell {
    std::atomic<size_t> turn;
    T value;
  };
  std::unique_ptr<Cell[]> cells_;
  const size_t mask_;
  const size_t reserve_;
  alignas(64) std::atomic<size_t> tail_{0};
  alignas(64) std::atomic<size_t> head_{0};
  size_t next_ = 0;  // The consumer's own copy of head_.
};

}  // namespace veche
