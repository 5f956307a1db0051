// SPDX-License-Identifier: Apache-2.0
// Fuzz target: no fragment of SDP breaks its parser, and what it lets through passes again.
#include <cstdlib>

#include "sdp/ice_fragment.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using veche::sdp::parse_ice_fragment;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ice = parse_ice_fragment(text);
  if (!ice) {
    require(!ice.error().message.empty());
    return 0;
  }
  require(ice->ufrag.empty() == ice->password.empty() && ice->candidates.size() <= 64);
  if (ice->ufrag.empty()) return 0;
  veche::sdp::IceParameters written{ice->ufrag, ice->password, {}};
  for (const std::string& each : ice->candidates) written.candidates.push_back("candidate:" + each);
  const auto again = parse_ice_fragment(veche::sdp::write_ice_fragment(written, {"0", "1"}));
  require(again.ok() && again->ufrag == ice->ufrag && again->password == ice->password &&
          again->candidates == ice->candidates);
  return 0;
}
