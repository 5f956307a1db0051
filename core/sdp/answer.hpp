// SPDX-License-Identifier: Apache-2.0
// Reads and edits webrtcbin's answer: every change between webrtcbin and the client is made here.
#pragma once

#include <string>
#include <string_view>

#include "sdp/profile.hpp"

namespace veche::sdp {

/// The client's answer: webrtcbin's answer to plan.offer, with the refused sections put back (port
/// 0) at their places, the protocols as the client wrote them (RFC 9429 section 5.1.2), and the
/// client's BUNDLE tag, which has the candidates (RFC 8843 section 7.3.1). [any]
std::string restore_sections(std::string_view answer, const SessionPlan& plan);

/// Adds "a=ice-lite" (RFC 8839 section 5.3) to the session part. [any]
std::string say_lite(std::string answer);

/// Does it name at least one address at which the server can be reached? [any]
bool has_candidates(std::string_view answer);

/// Does the server begin the DTLS handshake (RFC 5763 section 5)? [any]
bool is_dtls_client(std::string_view answer);

}  // namespace veche::sdp
