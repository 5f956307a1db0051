// SPDX-License-Identifier: Apache-2.0
// Parses and writes the values of the SDP attributes that the profile uses, strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sdp/profile.hpp"

namespace veche::sdp {

struct HeaderExtension {
  uint32_t id = 0;
  bool both_directions = true;
  std::string_view uri, attributes;  ///< Into the parsed value.
};

/// a=fingerprint (RFC 8122): sha-256, sha-384 or sha-512 with the right number of bytes.
std::optional<Fingerprint> parse_fingerprint(std::string_view value);
/// Is its digest one of those, whatever follows?
bool has_known_digest(std::string_view value);
std::string write_fingerprint(const Fingerprint& fingerprint);

/// a=extmap (RFC 8285).
std::optional<HeaderExtension> parse_extmap(std::string_view value);

/// The SSRC of an a=ssrc line (RFC 5576), whatever else the line says; never 0.
std::optional<uint32_t> parse_ssrc(std::string_view value);

/// RFC 8839: ice-ufrag and ice-pwd are made of ice-char.
bool is_ice_string(std::string_view text, size_t shortest, size_t longest);

/// A candidate (RFC 8839) that libnice can use, without its extensions; nothing for TCP, host
/// names, the RTCP component, addresses that cannot belong to one peer, and malformed lines.
std::optional<std::string> usable_candidate(std::string_view value);

}  // namespace veche::sdp
