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

enum class Scope { Admin = 1, Rooms, Read, Metrics };

/// The caller that a credential stands for: an API key, or the participant of a join token.
struct Principal {
  std::string key_id;  ///< Of the API key, or of the key that signed the token.
  std::set<Scope> scopes;
  std::optional<JoinToken> token;
};

class Authenticator {
 public:
  /// InvalidArgument for a bad id, an empty secret, an unknown scope or a duplicate id.
  static Result<Authenticator> create(const std::vector<ApiKey>& keys);

  /// `credential` is what follows "Bearer ". Unauthenticated, with the reason.
  Result<Principal> authenticate(const std::string& credential, int64_t now_s) const;

  /// A join token that is signed with the principal's key.
  Result<std::string> mint(const Principal& principal, const JoinToken& token) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Key {
    std::string id;
    std::string secret;
    Digest secret_digest;
    std::set<Scope> scopes;
    bool signs_tokens() const {
      return scopes.count(Scope::Admin) + scopes.count(Scope::Rooms) > 0;
    }
  };
  static Digest digest_of(std::string_view text);
  const Key* find(std::string_view id) const;
  Result<Principal> authenticate_token(const std::string& token, int64_t now_s) const;

  std::vector<Key> keys_;
};

/// PermissionDenied unless the principal has `access`. Room and participant are empty where the
/// path has none.
Status authorize(const Principal& principal, Access access, const std::string& room,
                 const std::string& participant);

}  // namespace veche::http
