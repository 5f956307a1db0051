// SPDX-License-Identifier: Apache-2.0
// Fuzz target: no offer breaks the check, and what it lets through passes again unchanged.
#include <cstdlib>

#include "sdp/answer.hpp"
#include "sdp/profile.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using veche::sdp::check_offer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto plan = check_offer(text, {});
  if (!plan) {
    require(!plan.error().message.empty());
  } else {
    const auto again = check_offer(plan->offer, {});
    require(again.ok() && again->offer == plan->offer);
  }
  veche::sdp::SessionPlan answered;
  if (plan) answered = *plan;
  (void)veche::sdp::restore_sections(text, answered);
  (void)veche::sdp::has_candidates(text);
  (void)veche::sdp::is_dtls_client(text);
  (void)veche::sdp::say_lite(std::string(text));
  return 0;
}
