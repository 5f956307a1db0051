// SPDX-License-Identifier: Apache-2.0
// Is the certificate that the peer showed in DTLS the one its offer named (RFC 8122 section 5)?
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// webrtcbin before 1.28.5 does not compare them. `pem`: the peer's certificate. PermissionDenied
/// if it matches none of the announced ones, InvalidArgument if it cannot be read. [any]
Status check_fingerprint(const std::string& pem, const std::vector<sdp::Fingerprint>& announced);

}  // namespace veche::media
