// SPDX-License-Identifier: Apache-2.0
// Waiting for a GstPromise with a limit.
#include "glib/promise.hpp"

#include <string>

#include "glib/held.hpp"

namespace veche::glib {

Promise::Promise() : state_(std::make_shared<State>()) {
  promise_ = adopt(gst_promise_new_with_change_func(
      [](GstPromise*, gpointer data) {
        State& state = held<State>(data);
        const std::lock_guard lock(state.mutex);
        state.done = true;
        state.changed.notify_all();
      },
      hold(state_), let_go<State>));
}

Result<const GstStructure*> Promise::wait(const char* step, std::chrono::seconds patience) {
  {
    std::unique_lock lock(state_->mutex);
    if (!state_->changed.wait_for(lock, patience, [this] { return state_->done; })) {
      return Error{ErrorCode::Unavailable, std::string("webrtcbin did not answer ") + step};
    }
  }
  if (gst_promise_wait(promise_.get()) != GST_PROMISE_RESULT_REPLIED) {
    return Error{ErrorCode::Unavailable, std::string("webrtcbin gave up ") + step};
  }
  const GstStructure* reply = gst_promise_get_reply(promise_.get());
  const GValue* error = reply ? gst_structure_get_value(reply, "error") : nullptr;
  if (error && G_VALUE_HOLDS(error, G_TYPE_ERROR)) {
    const auto* details = static_cast<const GError*>(g_value_get_boxed(error));
    return invalid(std::string("webrtcbin refuses ") + step + ": " +
                   (details ? details->message : "no reason given"));
  }
  return reply;
}

}  // namespace veche::glib
