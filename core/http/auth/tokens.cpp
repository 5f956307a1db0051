// SPDX-License-Identifier: Apache-2.0
// Join tokens with libjwt. Only HS256 is accepted, whatever the token's header says.
#include "http/auth/tokens.hpp"

#include <jwt.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/ids.hpp"
#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "http/auth/claims.hpp"

namespace veche::http {
namespace {

struct JwtDeleter {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
  void operator()(char* text) const { std::free(text); }
};
using JwtPtr = std::unique_ptr<jwt_t, JwtDeleter>;
using JwtText = std::unique_ptr<char, JwtDeleter>;

Error refused(std::string reason) {
  return {ErrorCode::Unauthenticated, "The join token " + std::move(reason)};
}

/// Does not verify anything without a secret.
Result<JwtPtr> decode(const std::string& token, const std::string* secret) {
  if (token.size() > kMaxTokenBytes) return refused("is larger than 8 KiB.");
  jwt_t* jwt = nullptr;
  const int failed =
      jwt_decode(&jwt, token.c_str(),
                 secret ? reinterpret_cast<const unsigned char*>(secret->data()) : nullptr,
                 secret ? static_cast<int>(secret->size()) : 0);
  JwtPtr owned(jwt);
  if (failed != 0) {
    return refused(secret ? "is not signed by the key that it names." : "is not a JWT.");
  }
  // Without a key, libjwt drops the algorithm of the header.
  if (secret && jwt_get_alg(jwt) != JWT_ALG_HS256)
    return refused("has to use the algorithm HS256.");
  return owned;
}

/// A NumericDate (RFC 7519, section 2) in milliseconds; nothing if it is none.
std::optional<int64_t> date_of(JsonNode* claims, const char* claim) {
  constexpr double kLatestS = 1e12;  // Far enough from where numbers overflow.
  JsonNode* node = glib::member(claims, claim);
  if (!node || !glib::is_type(node, "number")) return std::nullopt;
  const double seconds = json_node_get_double(node);
  if (!(std::abs(seconds) <= kLatestS)) return std::nullopt;
  return std::llround(seconds * 1000);
}

Status read_times(JsonNode* claims, int64_t now_ms, JoinToken& token) {
  const std::optional<int64_t> expires_ms = date_of(claims, "exp");
  if (!expires_ms) return refused("has no expiry time (\"exp\").");
  if (Status status = check_expiry(*expires_ms, now_ms); !status) return status.error();
  const std::optional<int64_t> issued_ms = date_of(claims, "iat");
  if (!issued_ms) return refused("has no time of issue (\"iat\").");
  if (*issued_ms > now_ms + kLeewayMs) {
    return refused("was issued in the future; compare the clocks.");
  }
  if (*expires_ms - *issued_ms > kMaxTokenMs) {
    return refused("is valid for too long; \"exp\" is at most 24 hours after \"iat\".");
  }
  const bool has_start = glib::member(claims, "nbf") != nullptr;
  const std::optional<int64_t> not_before_ms = date_of(claims, "nbf");
  if (has_start && !not_before_ms) return refused("has a bad \"nbf\".");
  if (has_start && *not_before_ms > now_ms + kLeewayMs) return refused("is not valid yet.");
  token.issued_ms = *issued_ms;
  token.expires_ms = *expires_ms;
  return Ok{};
}

Result<std::string> name_claim(JsonNode* claims, const char* claim) {
  JsonNode* node = glib::member(claims, claim);
  if (!node || !glib::is_type(node, "string") || !is_valid_name(json_node_get_string(node))) {
    return refused("needs a valid name as \"" + std::string(claim) + "\".");
  }
  return std::string(json_node_get_string(node));
}

}  // namespace

Result<std::string> key_id_of(const std::string& token) {
  auto jwt = decode(token, nullptr);
  if (!jwt) return jwt.error();
  const char* key_id = jwt_get_header(jwt->get(), "kid");
  if (!key_id) return refused("does not name its key (\"kid\").");
  return std::string(key_id);
}

Status check_expiry(int64_t expires_ms, int64_t now_ms) {
  if (expires_ms + kLeewayMs <= now_ms) return refused("has expired.");
  return Ok{};
}

Result<JoinToken> verify_token(const std::string& token, const std::string& secret,
                               int64_t now_ms) {
  auto jwt = decode(token, &secret);
  if (!jwt) return jwt.error();
  const JwtText text(jwt_get_grants_json(jwt->get(), nullptr));
  auto claims = glib::parse_json(text ? text.get() : "");
  if (!claims || !JSON_NODE_HOLDS_OBJECT(claims->get())) return refused("has no claims.");

  JoinToken verified;
  if (Status times = read_times(claims->get(), now_ms, verified); !times) return times.error();
  auto participant = name_claim(claims->get(), "sub");
  if (!participant) return participant.error();
  auto room = name_claim(claims->get(), "room");
  if (!room) return room.error();
  verified.participant = std::move(*participant);
  verified.room = std::move(*room);
  const glib::FieldProblems problems = read_claims(claims->get(), verified);
  if (!problems.empty()) {
    return refused("has a bad claim " + problems.front().pointer + ": " + problems.front().detail);
  }
  return verified;
}

Result<std::string> mint_token(const JoinToken& token, const std::string& key_id,
                               const std::string& secret) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) return internal("libjwt cannot make a token");
  const JwtPtr jwt(raw);
  const std::string claims = claims_of(token);
  const bool signed_ok =
      jwt_add_grants_json(raw, claims.c_str()) == 0 &&
      jwt_add_header(raw, "kid", key_id.c_str()) == 0 &&
      jwt_set_alg(raw, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(secret.data()),
                  static_cast<int>(secret.size())) == 0;
  const JwtText text(signed_ok ? jwt_encode_str(raw) : nullptr);
  if (!text) return internal("libjwt cannot sign a token");
  return std::string(text.get());
}

}  // namespace veche::http
