// SPDX-License-Identifier: Apache-2.0
// A slot of atomic words for each call under way, and a chain of marks for each thread.
#include "plugin/hook_mark.hpp"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace veche::plugin {

/// Free while `label` is null. `since_ns` is 0 unless the label belongs to it.
struct alignas(64) HookMark::Slot {
  std::atomic<const HookLabel*> label{nullptr};
  std::atomic<int64_t> since_ns{0};
  std::atomic<ThreadRole> role{ThreadRole::Other};
};

struct HookMarks {
  /// More calls than this at the same time are not watched.
  static constexpr uint32_t kMaxRunning = 256;

  static inline std::array<HookMark::Slot, kMaxRunning> slots;
  static inline std::atomic<uint32_t> threads{0};
  /// Each thread begins its search elsewhere, and then stays at the slot that it found free.
  static inline constinit thread_local uint32_t next_slot = kMaxRunning;
  static inline constinit thread_local const HookMark* innermost = nullptr;

  static HookMark::Slot* claim(const HookLabel& label, int64_t now_ns) noexcept {
    if (next_slot == kMaxRunning) {
      next_slot = threads.fetch_add(1, std::memory_order_relaxed) % kMaxRunning;
    }
    for (uint32_t tries = 0; tries < kMaxRunning; ++tries) {
      HookMark::Slot& slot = slots[next_slot];
      const HookLabel* expected = nullptr;
      if (slot.label.compare_exchange_strong(expected, &label, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
        slot.role.store(thread_role, std::memory_order_relaxed);
        slot.since_ns.store(now_ns, std::memory_order_release);
        return &slot;
      }
      next_slot = (next_slot + 1) % kMaxRunning;
    }
    return nullptr;
  }
  static void release(HookMark::Slot& slot) noexcept {
    slot.since_ns.store(0, std::memory_order_relaxed);
    slot.label.store(nullptr, std::memory_order_release);
  }
};

const HookLabel& hook_label(const std::string& plugin, const std::string& hook) {
  using Labels = std::map<std::pair<std::string, std::string>, std::unique_ptr<HookLabel>>;
  static std::mutex mutex;
  static auto* const labels = new Labels;
  const std::scoped_lock lock(mutex);
  std::unique_ptr<HookLabel>& label = (*labels)[{plugin, hook}];
  if (!label) label = std::make_unique<HookLabel>(HookLabel{plugin, hook});
  return *label;
}

HookMark::HookMark(const HookLabel& label, int64_t now_ns) noexcept
    : label_(label),
      outer_(HookMarks::innermost),
      slot_(outer_ ? nullptr : HookMarks::claim(label, now_ns)) {
  HookMarks::innermost = this;
}

HookMark::~HookMark() {
  HookMarks::innermost = outer_;
  if (slot_) HookMarks::release(*slot_);
}

const HookLabel* HookMark::current() noexcept {
  return HookMarks::innermost ? &HookMarks::innermost->label_ : nullptr;
}

std::vector<RunningHook> running_hooks() {
  std::vector<RunningHook> running;
  for (const HookMark::Slot& slot : HookMarks::slots) {
    const int64_t since_ns = slot.since_ns.load(std::memory_order_acquire);
    if (since_ns == 0) continue;
    const HookLabel* label = slot.label.load(std::memory_order_acquire);
    const ThreadRole role = slot.role.load(std::memory_order_relaxed);
    // Otherwise another call has the slot by now.
    if (label && slot.since_ns.load(std::memory_order_relaxed) == since_ns) {
      running.push_back({label, since_ns, role});
    }
  }
  return running;
}

}  // namespace veche::plugin
