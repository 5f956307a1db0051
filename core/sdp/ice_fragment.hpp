// SPDX-License-Identifier: Apache-2.0
// Fragments of SDP that carry ICE alone, application/trickle-ice-sdpfrag: a client's, and ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace veche::sdp {

/// Of one ICE generation of a BUNDLE group.
struct IceParameters {
  std::string ufrag, password;  ///< Of a client's fragment: empty if it has none.
  /// A client's are canonical, without "candidate:", only those that libnice can use; ours begin
  /// with "candidate:".
  std::vector<std::string> candidates;
};

/// Reads a client's fragment (RFC 8840 section 9, RFC 9725 section 4.3). InvalidArgument: it is no
/// SDP, its credentials are broken, come alone, or differ between its sections. [any]
Result<IceParameters> parse_ice_fragment(std::string_view text);

/// The server's, for the tag of the BUNDLE group of these mids; the server is an ICE-Lite agent.
/// [any]
std::string write_ice_fragment(const IceParameters& ice, const std::vector<std::string>& bundle);

}  // namespace veche::sdp
