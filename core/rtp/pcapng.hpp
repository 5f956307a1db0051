// SPDX-License-Identifier: Apache-2.0
// Packet headers as a pcapng file (draft-ietf-opsawg-pcapng), for tshark and Wireshark.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtp/header_ring.hpp"

namespace veche::rtp {

/// The packets of one session, oldest first; `to_unix_ns` is added to their times.
///
/// The packets are those inside SRTP. Each gets an IPv4 and a UDP header that was never on the
/// wire: the client is 192.0.2.1, the server 192.0.2.2 (RFC 5737), RTP has port 5004 and RTCP 5005.
std::string write_pcapng(const std::vector<KeptHeader>& from_client,
                         const std::vector<KeptHeader>& to_client, int64_t to_unix_ns);

}  // namespace veche::rtp
