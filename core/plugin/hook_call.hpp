// SPDX-License-Identifier: Apache-2.0
// Calls a plugin's control hook, measures its time, stops its exceptions, and reads veche_error.
#pragma once

#include <veche/plugin.h>

#include <exception>
#include <string>
#include <type_traits>

#include "base/result.hpp"
#include "plugin/hook_timer.hpp"

namespace veche::plugin {

/// Text from a plugin as valid UTF-8, because it reaches JSON. Null is "".
std::string plugin_text(const char* text);

/// An error for a plugin to fill in.
veche_error make_error();

/// The error that the plugin wrote into `error`. Its code is `fallback` if the plugin gave no known
/// one.
Error to_error(const veche_error& error, const std::string& hook,
               ErrorCode fallback = ErrorCode::Internal);

/// [control] A plugin in C++ may throw although the interface forbids it; the exception becomes an
/// Error.
template <class Hook>
auto call_hook(HookTimer& timer, Hook&& hook) {
  using Value = std::invoke_result_t<Hook>;
  using Outcome = Result<std::conditional_t<std::is_void_v<Value>, Ok, Value>>;
  const HookTimer::Span span(timer);
  try {
    if constexpr (std::is_void_v<Value>) {
      hook();
      return Outcome(Ok{});
    } else {
      return Outcome(hook());
    }
  } catch (const std::exception& exception) {
    timer.fail();
    return Outcome(
        internal(timer.name() + " threw an exception: " + plugin_text(exception.what())));
  } catch (...) {
    timer.fail();
    return Outcome(internal(timer.name() + " threw an exception of an unknown type"));
  }
}

}  // namespace veche::plugin
