// SPDX-License-Identifier: Apache-2.0
// Authentication and authorisation.
#include "http/auth/auth.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/ids.hpp"

namespace veche::http {
namespace {

Error unauthenticated(std::string reason) {
  return {ErrorCode::Unauthenticated, std::move(reason)};
}

std::optional<Scope> scope_of(std::string_view name) {
  if (name == "admin") return Scope::Admin;
  if (name == "rooms") return Scope::Rooms;
  if (name == "read") return Scope::Read;
  if (name == "metrics") return Scope::Metrics;
  return std::nullopt;
}

bool scopes_reach(const std::set<Scope>& scopes, Access access) {
  const auto has = [&](Scope scope) { return scopes.count(scope) > 0; };
  if (has(Scope::Admin)) return true;
  switch (access) {
    case Access::Anybody: return true;
    case Access::ReadServer: return has(Scope::Read);
    case Access::ReadRooms:
    case Access::ReadParticipant: return has(Scope::Rooms) || has(Scope::Read);
    case Access::WriteRooms:
    case Access::UseParticipant: return has(Scope::Rooms);
    case Access::Administer: return false;
    case Access::ReadMetrics: return has(Scope::Metrics);
  }
  return false;
}

}  // namespace

Authenticator::Digest Authenticator::digest_of(std::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

Result<Authenticator> Authenticator::create(const std::vector<ApiKey>& keys) {
  Authenticator authenticator;
  for (const ApiKey& key : keys) {
    const std::string which = "API key \"" + key.id + "\": ";
    if (!is_valid_name(key.id) || key.id.find('.') != std::string::npos) {
      return invalid(which + "the id has to be 1 to 64 characters from A-Z a-z 0-9 _ ~ -");
    }
    if (key.secret.empty()) return invalid(which + "the secret is empty");
    if (authenticator.find(key.id)) return invalid(which + "another key has the same id");
    std::set<Scope> scopes;
    for (const std::string& name : key.scopes) {
      const std::optional<Scope> scope = scope_of(name);
      if (!scope) return invalid(which + "scopes are admin, rooms, read and metrics");
      scopes.insert(*scope);
    }
    authenticator.keys_.push_back({key.id, key.secret, digest_of(key.secret), std::move(scopes)});
  }
  return authenticator;
}

const Authenticator::Key* Authenticator::find(std::string_view id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

Result<Principal> Authenticator::authenticate(const std::string& credential, int64_t now_s) const {
  const std::string_view text = credential;
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return unauthenticated(
        "The credential is neither an API key, \"id.secret\", nor a join token.");
  }
  if (const Key* key = find(text.substr(0, dot))) {
    // Digests all have the same length, so the time tells nothing about the length of the secret.
    const Digest given = digest_of(text.substr(dot + 1));
    if (CRYPTO_memcmp(given.data(), key->secret_digest.data(), given.size()) == 0) {
      return Principal{key->id, key->scopes, std::nullopt};
    }
    return unauthenticated("The API key is not valid.");
  }
  if (std::count(text.begin(), text.end(), '.') == 2) return authenticate_token(credential, now_s);
  return unauthenticated("The API key is not valid.");
}

Result<Principal> Authenticator::authenticate_token(const std::string& token, int64_t now_s) const {
  auto key_id = key_id_of(token);
  if (!key_id) return key_id.error();
  const Key* key = find(*key_id);
  if (!key) return unauthenticated("The join token names an unknown key.");
  if (!key->signs_tokens()) {
    return unauthenticated(
        "The join token's key may not sign tokens: it has neither admin nor rooms.");
  }
  auto verified = verify_token(token, key->secret, now_s);
  if (!verified) return verified.error();
  return Principal{key->id, {}, std::move(*verified)};
}

Result<std::string> Authenticator::mint(const Principal& principal, const JoinToken& token) const {
  const Key* key = find(principal.key_id);
  if (!key || !key->signs_tokens()) {
    return Error{ErrorCode::PermissionDenied, "The key may not sign join tokens."};
  }
  return mint_token(token, key->id, key->secret);
}

Status authorize(const Principal& principal, Access access, const std::string& room,
                 const std::string& participant) {
  if (access == Access::Anybody) return Ok{};
  if (!principal.token) {
    if (scopes_reach(principal.scopes, access)) return Ok{};
    return Error{ErrorCode::PermissionDenied, "The API key has no scope that allows this."};
  }
  const bool own = principal.token->room == room && principal.token->participant == participant;
  const bool open = access == Access::ReadParticipant || access == Access::UseParticipant;
  if (own && open) return Ok{};
  return Error{
      ErrorCode::PermissionDenied,
      "A join token allows its own participant's session, events and state, nothing else."};
}

}  // namespace veche::http
