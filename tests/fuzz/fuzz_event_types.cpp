// SPDX-License-Identifier: Apache-2.0
// Lists of event types, as consumers write them into a query.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "events/filter.hpp"

using namespace veche::events;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view list(reinterpret_cast<const char*>(data), size);
  auto types = parse_types(list);
  if (!types) {
    if (types.error().message.empty()) std::abort();
    return 0;
  }
  // What is taken is what was written, and each of it a type.
  std::string again;
  for (const std::string& type : *types) {
    if (!check_type(type)) std::abort();
    again.append(again.empty() ? "" : ",").append(type);
  }
  if (again != list || types->size() > kMaxTypes) std::abort();
  const Filter filter{.types = *types};
  Event event;
  event.type = types->empty() ? "room.closed" : types->front();
  // A type matches itself, and a prefix what it is made of.
  if (!filter.matches(event) && event.type != kSpeakerType) std::abort();
  return 0;
}
