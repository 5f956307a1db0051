// SPDX-License-Identifier: Apache-2.0
// The detail is the last line of what GST_ELEMENT_ERROR makes: source and object come before it.
#include "glib/bus_error.hpp"

#include "glib/ref.hpp"

namespace veche::glib {

std::string bus_error(GstMessage* message) {
  GError* raw = nullptr;
  gchar* raw_detail = nullptr;
  gst_message_parse_error(message, &raw, &raw_detail);
  const ErrorPtr error(raw);
  const StringPtr detail(raw_detail);
  const StringPtr name(gst_object_get_name(GST_MESSAGE_SRC(message)));
  std::string text = std::string(name.get()) + ": " + error->message;
  const std::string lines = detail ? detail.get() : "";
  const size_t line = lines.rfind('\n');
  if (line != std::string::npos) text += " (" + lines.substr(line + 1) + ")";
  return text;
}

}  // namespace veche::glib
