// SPDX-License-Identifier: Apache-2.0
// One instance of a plugin's class behind the opaque veche_plugin, and how its hooks are called.
#pragma once

#include <type_traits>

#include "host.hpp"

#define VECHE_LANE_RULE                                                            \
  " runs on a lane, where an exception would end the server and nothing may wait " \
  "or allocate: declare it noexcept"
#define VECHE_SHARED_RULE                                                                \
  " of the plugin itself runs on several lanes at the same time: declare it const, and " \
  "keep what changes in "

namespace veche::detail {

template <class P>
struct Instance {
  struct TaskEnd {
    Host& host;
    ~TaskEnd() { host.drop_tasks(); }
  };
  explicit Instance(const veche_host* c_host) : host(c_host), plugin(make(host)) {}
  static P make(const Host& host) {
    if constexpr (std::is_constructible_v<P, Host>) {
      return P(host);
    } else if constexpr (requires { P{host}; }) {
      return P{host};  // A struct without a constructor.
    } else {
      return P();
    }
  }
  static Instance& of(veche_plugin* self) { return *reinterpret_cast<Instance*>(self); }
  /// Calls a control hook; what it throws is logged, and counts among the hook's failures.
  template <class Hook>
  static void call(veche_plugin* self, const char* name, Hook&& hook) noexcept {
    guarded([&] { hook(of(self).plugin); },
            [&](veche_status, const char* why) { of(self).host.log_failure(name, why); });
  }

  Host host;
  TaskEnd task_end{host};
  P plugin;
};

/// Makes an object; what that throws goes into `error`, and the result is null.
template <class Opaque, class Make>
Opaque* make_opaque(veche_error* error, Make&& make) noexcept {
  Opaque* made = nullptr;
  reported(error, [&] { made = reinterpret_cast<Opaque*>(make()); });
  return made;
}

}  // namespace veche::detail
