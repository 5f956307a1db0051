// SPDX-License-Identifier: Apache-2.0
// A GstPromise that is waited for, but not for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::glib {

/// Whoever does not answer ends the question, not the thread that asked. [worker]
class Promise {
 public:
  Promise();
  GstPromise* get() const { return promise_.get(); }

  /// The reply belongs to the promise and may be null. Unavailable if there is none in time,
  /// InvalidArgument with the reason if the reply is an error. `step`: what was asked for, for the
  /// message.
  Result<const GstStructure*> wait(const char* step, std::chrono::seconds patience);

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  std::shared_ptr<State>
      state_;  // Shared with the promise, which may be answered when nobody waits any more.
  Ref<GstPromise> promise_;
};

}  // namespace veche::glib
