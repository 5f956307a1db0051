// SPDX-License-Identifier: Apache-2.0
// Join tokens: JWTs (RFC 7519, HS256) that give their bearer one participant's place in a room.
// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "room/types.hpp"

namespace veche::http {

struct JoinToken {
  std::string room;
  std::string participant;  ///< Claim `sub`.
  int64_t expires_s = 0;    ///< Claim `exp`, Unix time.
  room::ParticipantSettings settings;
};

inline constexpr int64_t kMaxTokenLifetimeS = int64_t{24} * 3600;
inline constexpr size_t kMaxTokenBytes = size_t{8} * 1024;

/// The `kid` of a token that is not verified yet. Unauthenticated if it is not a JWT with a `kid`.
Result<std::string> key_id_of(const std::string& token);

/// Unauthenticated, with the reason, unless the signature, the times and all claims are right.
Result<JoinToken> verify_token(const std::string& token, const std::string& secret, int64_t now_s);

/// Internal if libjwt cannot sign.
Result<std::string> mint_token(const JoinToken& token, const std::string& key_id,
                               const std::string& secret);

}  // namespace veche::http
