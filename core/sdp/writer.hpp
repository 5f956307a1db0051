// SPDX-License-Identifier: Apache-2.0
// Writes the offer that webrtcbin is given, from the plan alone.
#pragma once

#include <string>
#include <vector>

#include "sdp/profile.hpp"
#include "sdp/transport.hpp"

namespace veche::sdp {

/// The offer of the used sections, in canonical form.
std::string write_offer(const std::vector<SectionPlan>& plan, const TransportPlan& transport);

}  // namespace veche::sdp
