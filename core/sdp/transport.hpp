// SPDX-License-Identifier: Apache-2.0
// Reads what an offer says about the transport of its BUNDLE group: ICE, DTLS role, fingerprint.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "sdp/profile.hpp"
#include "sdp/text.hpp"

namespace veche::sdp {

struct TransportPlan {
  std::string ufrag, password;
  std::string setup;  ///< "actpass", "active" or "passive"
  std::vector<std::string>
      candidates;  ///< Canonical, without "a=candidate:"; only those that libnice can use.
  Fingerprint fingerprint;
};

/// The tag's section decides for the group (RFC 8843), with the session level as the default. Other
/// used sections may have no transport attributes, or other ICE credentials (aiortc does);
/// fingerprint and setup must agree.
Result<TransportPlan> read_transport(const SdpText& sdp, const std::vector<SectionPlan>& sections);

}  // namespace veche::sdp
