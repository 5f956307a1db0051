// SPDX-License-Identifier: Apache-2.0
// Authentication and authorisation.
#include "http/auth/auth.hpp"

#include <glib.h>
#include <openssl/crypto.h>

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
    case Access::ReadRoster:
    case Access::ReadParticipant: return has(Scope::Rooms) || has(Scope::Read);
    case Access::WriteRooms:
    case Access::UseParticipant:
    case Access::EnterRoom: return has(Scope::Rooms);
    case Access::Administer: return false;
    case Access::ReadMetrics: return has(Scope::Metrics);
  }
  return false;
}

SecretDigest digest_of(std::string_view text) {
  // GLib's, which takes no lock: OpenSSL looks the algorithm up behind one that each new TLS or
  // DTLS connection holds.
  SecretDigest digest;
  GChecksum* const checksum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(checksum, reinterpret_cast<const guchar*>(text.data()),
                    static_cast<gssize>(text.size()));
  gsize size = digest.size();
  g_checksum_get_digest(checksum, digest.data(), &size);
  g_checksum_free(checksum);
  return digest;
}

/// In constant time.
bool are_equal(const SecretDigest& left, const SecretDigest& right) {
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

/// Header, claims and signature.
bool is_like_token(std::string_view text) { return std::count(text.begin(), text.end(), '.') == 2; }

}  // namespace

std::string bearer_of(std::string_view header) {
  constexpr std::string_view kScheme = "Bearer";
  if (header.size() <= kScheme.size() || header[kScheme.size()] != ' ' ||
      g_ascii_strncasecmp(header.data(), kScheme.data(), kScheme.size()) != 0) {
    return {};
  }
  const size_t begin = header.find_first_not_of(' ', kScheme.size());
  return begin == std::string_view::npos ? std::string() : std::string(header.substr(begin));
}

Result<Authenticator> Authenticator::create(const std::vector<ApiKey>& keys,
                                            const std::vector<SigningKey>& signing_keys) {
  Authenticator authenticator;
  for (const ApiKey& key : keys) {
    if (Status status = authenticator.add(key); !status) return status.error();
  }
  for (const SigningKey& key : signing_keys) {
    if (Status status = authenticator.add(key); !status) return status.error();
  }
  return authenticator;
}

Status Authenticator::add(const ApiKey& key) {
  const std::string which = "API key \"" + key.id + "\": ";
  if (!is_valid_name(key.id) || key.id.find('.') != std::string::npos) {
    return invalid(which + "the id has to be 1 to 64 characters from A-Z a-z 0-9 _ ~ -");
  }
  if (key.secret.empty()) return invalid(which + "the secret is empty");
  if (find(key.id)) return invalid(which + "another key has the same id");
  std::set<Scope> scopes;
  for (const std::string& name : key.scopes) {
    const std::optional<Scope> scope = scope_of(name);
    if (!scope) return invalid(which + "scopes are admin, rooms, read and metrics");
    scopes.insert(*scope);
  }
  keys_.push_back({key.id, digest_of(key.secret), std::move(scopes)});
  return Ok{};
}

Status Authenticator::add(const SigningKey& key) {
  const std::string which = "signing key \"" + key.id + "\": ";
  if (!is_valid_name(key.id)) {
    return invalid(which + "the kid has to be 1 to 64 characters from A-Z a-z 0-9 _ . ~ -");
  }
  if (key.secret.size() < kMinSigningSecretBytes) {
    return invalid(which + "the secret has fewer than 32 bytes");
  }
  if (find_signer(key.id)) return invalid(which + "another key has the same kid");
  signers_.push_back({key, digest_of(key.secret)});
  return Ok{};
}

const Authenticator::Key* Authenticator::find(std::string_view id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

const Authenticator::Signer* Authenticator::find_signer(std::string_view id) const {
  const auto found = std::find_if(signers_.begin(), signers_.end(),
                                  [&](const Signer& signer) { return signer.key.id == id; });
  return found == signers_.end() ? nullptr : &*found;
}

Result<Principal> Authenticator::authenticate(const std::string& credential, int64_t now_ms) const {
  const std::string_view text = credential;
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return unauthenticated(
        "The credential is neither an API key, \"id.secret\", nor a join token.");
  }
  if (const Key* key = find(text.substr(0, dot))) {
    // Digests all have the same length, so the time tells nothing about the length of the secret.
    if (are_equal(digest_of(text.substr(dot + 1)), key->secret_digest)) {
      return Principal{key->id, key->scopes, std::nullopt, key->secret_digest};
    }
    return unauthenticated("The API key is not valid.");
  }
  if (is_like_token(text)) return authenticate_token(credential, now_ms);
  return unauthenticated("The API key is not valid.");
}

Result<Principal> Authenticator::authenticate_url(const std::string& credential,
                                                  int64_t now_ms) const {
  if (is_like_token(credential) && !find(credential.substr(0, credential.find('.')))) {
    return authenticate_token(credential, now_ms);
  }
  return unauthenticated(
      "A URL may contain a join token, but no API key: send that as Authorization: Bearer.");
}

Result<Principal> Authenticator::authenticate_token(const std::string& token,
                                                    int64_t now_ms) const {
  auto key_id = key_id_of(token);
  if (!key_id) return key_id.error();
  const Signer* signer = find_signer(*key_id);
  if (!signer && find(*key_id)) {
    return unauthenticated(
        "The join token names an API key. Tokens are signed with a key of auth.signing_keys.");
  }
  if (!signer) return unauthenticated("The join token names an unknown key.");
  auto verified = verify_token(token, signer->key.secret, now_ms);
  if (!verified) return verified.error();
  return Principal{signer->key.id, {}, std::move(*verified), signer->secret_digest};
}

bool Authenticator::has_key_of(const Principal& principal) const {
  if (principal.token) {
    const Signer* signer = find_signer(principal.key_id);
    return signer && are_equal(signer->secret_digest, principal.key_digest);
  }
  const Key* key = find(principal.key_id);
  return key && are_equal(key->secret_digest, principal.key_digest) &&
         key->scopes == principal.scopes;
}

Status Authenticator::check_again(const Principal& principal, int64_t now_ms) const {
  if (!has_key_of(principal)) return unauthenticated("The credential's key has been removed.");
  return principal.token ? check_expiry(principal.token->expires_ms, now_ms) : Ok{};
}

Result<std::string> Authenticator::mint(const Principal& principal, const JoinToken& token) const {
  if (principal.token || !scopes_reach(principal.scopes, Access::WriteRooms)) {
    return Error{ErrorCode::PermissionDenied, "This credential makes no join tokens."};
  }
  if (signers_.empty()) return internal("there is no key in auth.signing_keys to sign tokens with");
  return mint_token(token, signers_[0].key.id, signers_[0].key.secret);
}

Status authorize(const Principal& principal, Access access, const std::string& room,
                 const std::string& participant) {
  if (access == Access::Anybody) return Ok{};
  if (!principal.token) {
    if (scopes_reach(principal.scopes, access)) return Ok{};
    return Error{ErrorCode::PermissionDenied, "The API key has no scope that allows this."};
  }
  const bool in_room = principal.token->room == room;
  if (in_room && (access == Access::EnterRoom || access == Access::ReadRoster)) return Ok{};
  const bool own = in_room && principal.token->participant == participant;
  const bool open = access == Access::ReadParticipant || access == Access::UseParticipant;
  if (own && open) return Ok{};
  return Error{
      ErrorCode::PermissionDenied,
      "A join token allows its own participant's session, events and state, to read the roster of "
      "its room, and what plugins offer to clients, nothing else."};
}

}  // namespace veche::http
