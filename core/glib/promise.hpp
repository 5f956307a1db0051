// SPDX-License-Identifier: Apache-2.0
// A GstPromise, and waiting for it with a time limit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::glib {

/// [worker] An element that never answers fails its caller, and does not block it for ever.
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
  /// Shared with the promise, which may be answered after its caller has stopped waiting.
  std::shared_ptr<State> state_;
  Ref<GstPromise> promise_;
};

}  // namespace veche::glib
