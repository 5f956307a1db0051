// SPDX-License-Identifier: Apache-2.0
// Fuzz target: JSON from the network and from files, comments, schemas. What was parsed is written
// and parsed again.
#include <cstdlib>
#include <veche/cpp/json.hpp>

#include "glib/json.hpp"
#include "glib/json_schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace glib = veche::glib;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The wrapper's parser, which plugins use.
  if (const auto own = veche::Json::parse(text)) {
    const std::string once = own->text();
    const auto twice = veche::Json::parse(once);
    if (!twice || twice->text() != once) abort();
  }
  (void)glib::JsonSchema::parse(text);
  if (glib::without_comments(text).size() != size) abort();
  const auto value = glib::parse_json(text);
  if (!value) return 0;
  const std::string written = glib::to_text(value->get());
  const auto again = glib::parse_json(written);
  if (!again || glib::to_text(again->get()) != written) abort();
  return 0;
}
