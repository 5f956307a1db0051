// SPDX-License-Identifier: Apache-2.0
// The caller of a request and what it may do: API keys with scopes, and join tokens. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/auth/tokens.hpp"
#include "http/protocol/access.hpp"

namespace veche::http {

struct ApiKey {
  std::string id;
  std::string secret;
  std::vector<std::string> scopes;  ///< admin, rooms, read, metrics
};

/// Signs join tokens. Its secret is known to nobody but the server and a backend that signs.
struct SigningKey {
  std::string id;  ///< The `kid` of its tokens.
  std::string secret;
};

/// RFC 7518, section 3.2: the key of HS256 is at least as long as its hash. A client has tokens, so
/// it can try secrets offline.
inline constexpr size_t kMinSigningSecretBytes = 32;

enum class Scope { Admin = 1, Rooms, Read, Metrics };

using SecretDigest = std::array<unsigned char, 32>;

/// The caller that a credential stands for: an API key, or the participant of a join token.
struct Principal {
  std::string key_id;  ///< Of the API key, or of the key that signed the token.
  std::set<Scope> scopes;
  std::optional<JoinToken> token;
  SecretDigest key_digest{};  ///< Of the key's secret.
};

/// The credential of an Authorization header: what follows "Bearer" and one or more spaces (RFC
/// 9110, section 11.4). Empty if the header is another.
std::string bearer_of(std::string_view header);

class Authenticator {
 public:
  /// InvalidArgument for a bad id, an empty or short secret, an unknown scope or a duplicate id.
  /// The first of the signing keys signs, all of them verify.
  static Result<Authenticator> create(const std::vector<ApiKey>& keys,
                                      const std::vector<SigningKey>& signing_keys);

  /// `credential` is what bearer_of() returns. Unauthenticated, with the reason. It knows nothing
  /// of revocations.
  Result<Principal> authenticate(const std::string& credential, int64_t now_ms) const;
  /// For what came in a URL, which logs and histories keep: a join token, but no API key.
  Result<Principal> authenticate_url(const std::string& credential, int64_t now_ms) const;

  /// Is the principal's key still one of these, with the same secret and scopes?
  bool has_key_of(const Principal& principal) const;
  /// For a principal of an earlier moment, perhaps of an earlier configuration. Unauthenticated,
  /// with the reason.
  Status check_again(const Principal& principal, int64_t now_ms) const;

  /// A join token for a principal that may invite, signed with the first of the signing keys.
  Result<std::string> mint(const Principal& principal, const JoinToken& token) const;

 private:
  struct Key {
    std::string id;
    SecretDigest secret_digest;
    std::set<Scope> scopes;
  };
  struct Signer {
    SigningKey key;
    SecretDigest secret_digest;
  };
  Status add(const ApiKey& key);
  Status add(const SigningKey& key);
  const Key* find(std::string_view id) const;
  const Signer* find_signer(std::string_view id) const;
  Result<Principal> authenticate_token(const std::string& token, int64_t now_ms) const;

  std::vector<Key> keys_;
  std::vector<Signer> signers_;
};

/// PermissionDenied unless the principal has `access`. Room and participant are empty where the
/// path has none.
Status authorize(const Principal& principal, Access access, const std::string& room,
                 const std::string& participant);

}  // namespace veche::http
