// SPDX-License-Identifier: Apache-2.0
// The HTTP requests that one plugin has not answered yet. The first answer to a request, or its
// timeout, ends it.
#pragma once

#include <veche/plugin.h>

#include <cstdint>
#include <memory>

#include "glib/control_loop.hpp"
#include "plugin/http_routes.hpp"

namespace veche::plugin {

class OpenRequests {
 public:
  static constexpr size_t kMaxOpen = 256;

  /// The loop outlives it.
  explicit OpenRequests(glib::ControlLoop& loop);
  ~OpenRequests() { close(); }
  OpenRequests(const OpenRequests&) = delete;
  OpenRequests& operator=(const OpenRequests&) = delete;

  /// [control] The id of a new request, which ends with 504 after the timeout. 0 if kMaxOpen
  /// requests are open already; `answered` has then been called.
  uint64_t open(uint32_t timeout_ms, HttpAnswered answered);
  /// [any but lane] Hands the answer to control. VECHE_E_GONE if there is no such open request.
  veche_status answer(uint64_t id, HttpAnswer answer);
  /// [control] Drops a request whose client has gone.
  void forget(uint64_t id);
  /// [control] Answers all open requests with 503. No new ones may be opened after this.
  void close();

 private:
  struct State;
  glib::ControlLoop& loop_;
  /// Shared with answers under way to control, which may arrive after this object's end.
  const std::shared_ptr<State> state_;
};

}  // namespace veche::plugin
