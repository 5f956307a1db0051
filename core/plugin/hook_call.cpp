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
  const std::string bounded(error.message, strnlen(error.message, sizeof error.message));
  const std::string message =
      bounded.empty() ? "failed without a reason" : plugin_text(bounded.c_str());
  return {to_code(error.code, fallback), hook + ": " + message};
}

}  // namespace veche::plugin
