// SPDX-License-Identifier: Apache-2.0
// Reads what an offer says about the transport of its BUNDLE group: ICE, DTLS role, fingerprint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sdp/profile.hpp"
#include "sdp/text.hpp"

namespace veche::sdp {

struct TransportPlan {
  std::string ufrag, password;
  std::string setup;  ///< "actpass", "active" or "passive"
  /// Canonical, without "a=candidate:"; the first that libnice can use, others are left out.
  std::vector<std::string> candidates;
  std::vector<Fingerprint> fingerprints;
};

/// Views into the attributes; both empty if there are none.
struct IceCredentialsText {
  std::string_view ufrag, password;
};

/// InvalidArgument, which begins with `where`, if they do not come together and once, or are not
/// those of RFC 8839.
Result<IceCredentialsText> read_ice_credentials(const SdpAttributes& attributes,
                                                const std::string& where);

/// Adds the candidates that libnice can use. Others, and those beyond 64, are left out: the
/// client's own checks reach the server without them.
void read_candidates(const SdpAttributes& attributes, std::vector<std::string>& candidates);

/// The section that plan.bundle names first decides for the group (RFC 8843), with the session
/// level as the default. What it lacks comes from `suggested`, the section that the client's group
/// names first: bundle-only sections have no transport attributes of their own. Other used sections
/// may have none, or other ICE credentials (aiortc does); setup must agree, and one fingerprint.
Result<TransportPlan> read_transport(const SdpText& sdp, const SessionPlan& plan,
                                     uint32_t suggested);

}  // namespace veche::sdp
