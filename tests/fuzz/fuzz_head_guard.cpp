// SPDX-License-Identifier: Apache-2.0
// Fuzz target: however a request's head is cut into pieces, the same verdict comes out.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/protocol/head_guard.hpp"

namespace {

struct Verdict {
  int status = 0;
  bool has_ended = false;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

Verdict judge(std::string_view head, size_t piece) {
  veche::http::HeadGuard guard;
  for (size_t at = 0; at < head.size(); at += piece) {
    const int status = guard.pass(head.substr(at, piece));
    if (status != 0) return {status, guard.has_ended()};
  }
  return {0, guard.has_ended()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = 1 + data[0] % 16;
  const std::string_view head(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (judge(head, piece) != judge(head, SIZE_MAX / 2)) std::abort();
  return 0;
}
