// SPDX-License-Identifier: Apache-2.0
// Join tokens: JWTs (RFC 7519, HS256) that give their bearer one participant's place in a room.
// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "room/revocations.hpp"
#include "room/types.hpp"

namespace veche::http {

/// Times are milliseconds since 1970; the claims are seconds that may have fractions.
struct JoinToken {
  std::string room;
  std::string participant;  ///< Claim `sub`.
  int64_t issued_ms = 0;    ///< Claim `iat`.
  int64_t expires_ms = 0;   ///< Claim `exp`.
  bool create_room = false;
  room::ParticipantSettings settings;
};

/// `exp` is at most this much later than `iat`.
inline constexpr int64_t kMaxTokenMs = room::Revocations::kMaxTokenMs;
/// For the clocks of backends, the same for `exp`, `nbf` and `iat`.
inline constexpr int64_t kLeewayMs = room::Revocations::kLeewayMs;
inline constexpr size_t kMaxTokenBytes = size_t{8} * 1024;

/// The `kid` of a token that is not verified yet. Unauthenticated if it is not a JWT with a `kid`.
Result<std::string> key_id_of(const std::string& token);

/// Unauthenticated, with the reason, unless the signature, the times and all claims are right.
Result<JoinToken> verify_token(const std::string& token, const std::string& secret, int64_t now_ms);

/// Unauthenticated from `exp` on, after the leeway.
Status check_expiry(int64_t expires_ms, int64_t now_ms);

/// Internal if libjwt cannot sign.
Result<std::string> mint_token(const JoinToken& token, const std::string& key_id,
                               const std::string& secret);

}  // namespace veche::http
