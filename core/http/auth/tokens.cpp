// SPDX-License-Identifier: Apache-2.0
// Join tokens with libjwt. Only HS256 is accepted, whatever the token's header says.
#include "http/auth/tokens.hpp"

#include <jwt.h>

#include <cstdlib>
#include <memory>

#include "base/ids.hpp"
#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "http/auth/claims.hpp"

namespace veche::http {
namespace {

constexpr int64_t kLeewayS = 60;

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

Status check_times(JsonNode* claims, int64_t now_s) {
  JsonNode* expires = glib::member(claims, "exp");
  if (!expires || !glib::is_type(expires, "integer"))
    return refused("has no expiry time (\"exp\").");
  const int64_t expires_s = json_node_get_int(expires);
  if (expires_s <= now_s) return refused("has expired.");
  if (expires_s - now_s > kMaxTokenLifetimeS + kLeewayS) {
    return refused("is valid for too long; at most 24 hours are allowed.");
  }
  JsonNode* not_before = glib::member(claims, "nbf");
  if (not_before &&
      (!glib::is_type(not_before, "integer") || json_node_get_int(not_before) > now_s + kLeewayS)) {
    return refused("is not valid yet.");
  }
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

Result<JoinToken> verify_token(const std::string& token, const std::string& secret, int64_t now_s) {
  auto jwt = decode(token, &secret);
  if (!jwt) return jwt.error();
  const JwtText text(jwt_get_grants_json(jwt->get(), nullptr));
  auto claims = glib::parse_json(text ? text.get() : "");
  if (!claims || !JSON_NODE_HOLDS_OBJECT(claims->get())) return refused("has no claims.");

  if (Status times = check_times(claims->get(), now_s); !times) return times.error();
  auto participant = name_claim(claims->get(), "sub");
  if (!participant) return participant.error();
  auto room = name_claim(claims->get(), "room");
  if (!room) return room.error();
  glib::Checked<room::ParticipantSettings> settings = settings_of_claims(claims->get());
  if (!settings) {
    const glib::SchemaProblem& problem = settings.problems.front();
    return refused("has a bad claim " + problem.pointer + ": " + problem.detail);
  }
  return JoinToken{*room, *participant, json_node_get_int(glib::member(claims->get(), "exp")),
                   std::move(settings.value)};
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
