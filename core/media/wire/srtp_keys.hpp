// SPDX-License-Identifier: Apache-2.0
// The SRTP keys that DTLS has negotiated (RFC 5764), from webrtcbin's elements.
#pragma once

#include "base/result.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/wire/wire_peer.hpp"

namespace veche::media {

/// Call after DTLS has finished. `streams`: at most this many SSRCs in each direction. Unsupported
/// if the client chose another SRTP profile. [worker]
Result<WireKeys> take_keys(const glib::WebrtcBin& webrtc, size_t streams);

}  // namespace veche::media
