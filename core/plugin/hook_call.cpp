// SPDX-License-Identifier: Apache-2.0
// Converts the failures of plugins into errors of the server.
#include "plugin/hook_call.hpp"

#include <glib.h>

#include "glib/ref.hpp"

namespace veche::plugin {
namespace {

ErrorCode to_code(int32_t status, ErrorCode fallback) {
  switch (status) {
    case VECHE_E_INVALID: return ErrorCode::InvalidArgument;
    case VECHE_E_GONE: return ErrorCode::NotFound;
    case VECHE_E_UNSUPPORTED: return ErrorCode::Unsupported;
    case VECHE_E_EXHAUSTED: return ErrorCode::Exhausted;
    default: return fallback;
  }
}

/// UTF-8, though the plugin may have left out the end.
template <size_t kSize>
std::string text_of(const char (&text)[kSize]) {
  return plugin_text(std::string(text, strnlen(text, kSize)).c_str());
}

}  // namespace

std::string plugin_text(const char* text) {
  if (!text) return {};
  return glib::StringPtr(g_utf8_make_valid(text, -1)).get();
}

veche_error make_error() {
  veche_error error{};
  error.struct_size = sizeof error;
  return error;
}

Error to_error(const veche_error& error, const std::string& hook, ErrorCode fallback) {
  const std::string given = text_of(error.message);
  const std::string message = given.empty() ? "failed without a reason" : given;
  const std::string pointer = text_of(error.pointer);
  if (pointer.empty()) return {to_code(error.code, fallback), hook + ": " + message};
  return {
      to_code(error.code, fallback), hook + ": " + pointer + ": " + message, {{pointer, message}}};
}

}  // namespace veche::plugin
