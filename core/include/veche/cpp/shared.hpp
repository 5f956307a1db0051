// SPDX-License-Identifier: Apache-2.0
// An immutable object that control replaces while lanes read it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "host.hpp"

namespace veche {

/// Made by Host::share(), kept as a member of the plugin. A lane reads the newest version without a
/// lock; a version that was replaced is destroyed on control, once no lane can have it any more.
template <class T>
class Shared {
 public:
  /// Versions that may wait for the lanes at a time.
  static constexpr size_t kMostWaiting = 64;

  Shared(Host host, T first)
      : host_(std::move(host)), current_(std::make_unique<const T>(std::move(first)).release()) {}
  /// [control] The plugin is not called on lanes any more.
  ~Shared() { delete current_.load(std::memory_order_relaxed); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  /// [lane, control] Valid until the hook returns.
  const T& read() const noexcept { return *current_.load(std::memory_order_acquire); }

  /// [control] Lanes read `next` from now on. VECHE_E_EXHAUSTED, with nothing changed, while
  /// kMostWaiting versions wait for a lane.
  veche_status publish(T next) {
    if (*waiting_ >= kMostWaiting) return VECHE_E_EXHAUSTED;
    auto made = std::make_unique<const T>(std::move(next));
    const std::shared_ptr<const T> former(
        current_.exchange(made.release(), std::memory_order_acq_rel));
    ++*waiting_;
    const veche_status status = host_.after_lanes([former, waiting = waiting_] { --*waiting; });
    if (status == VECHE_E_EXHAUSTED) {
      kept_.push_back(former);  // Nobody says when the lanes have passed. It goes on counting.
    } else if (status != VECHE_OK) {
      --*waiting_;  // The host stops the plugin: no lane reads any more.
    }
    return VECHE_OK;
  }

 private:
  const Host host_;
  std::atomic<const T*> current_;
  std::vector<std::shared_ptr<const T>> kept_;  // [control]
  const std::shared_ptr<size_t> waiting_ = std::make_shared<size_t>(0);
};

template <class T>
std::unique_ptr<Shared<T>> Host::share(T first) const {
  return std::make_unique<Shared<T>>(*this, std::move(first));
}

}  // namespace veche
