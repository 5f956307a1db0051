// SPDX-License-Identifier: Apache-2.0
// Reads, authenticates and answers the STUN binding requests of ICE, with libnice's STUN library.
#pragma once

#include <stun/stunagent.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "media/ice/address.hpp"

namespace veche::media {

/// What a binding request says. Views into the datagram; nothing is proven until authenticate().
struct StunRequest {
  std::string_view local_ufrag, remote_ufrag;  ///< The server's and the peer's.
  uint64_t transaction = 0;                    ///< The last 64 of the 96 bits.
  uint32_t priority = 0;                       ///< 0: it says none.
  bool nominates = false;                      ///< USE-CANDIDATE.
  bool from_controlled = false;  ///< The peer claims the role that a lite agent always has.
  StunMessage message{};         ///< libnice's view.
};

enum class StunCheck {
  Valid = 1,
  UnknownAttribute,  ///< Authentic, but a comprehension-required attribute is unknown.
  BadForm,           ///< Found before anything was computed with the password.
  BadIntegrity,
};

/// Requests authenticate with short-term credentials (RFC 8489 section 9.1). It never sends
/// requests, so libnice's agent keeps nothing; libnice allocates for the HMAC and frees it in the
/// same call. One thread; not to be moved, because messages point to the agent.
class StunServer {
 public:
  /// Longer datagrams are not requests: RFC 8489 section 6.1 assumes no larger path MTU.
  static constexpr size_t kMaxRequestSize = 1280;
  /// Every answer fits, with all the unknown attributes of the longest request, and to spare:
  /// libnice looks for room before it adds the padding of an attribute.
  static constexpr size_t kMaxReplySize = 640;

  StunServer() noexcept;
  StunServer(const StunServer&) = delete;
  StunServer& operator=(const StunServer&) = delete;

  /// Nothing unless it is a whole binding request with USERNAME, MESSAGE-INTEGRITY and FINGERPRINT.
  /// Valid as long as the datagram.
  std::optional<StunRequest> parse(std::span<const uint8_t> datagram) noexcept;
  /// The password must live until the answer has been written.
  StunCheck authenticate(StunRequest& request, std::string_view password) noexcept;

  // The size of the answer to an authenticated request; `out` has kMaxReplySize bytes or more.
  size_t write_success(const StunRequest& request, const Address& mapped,
                       std::span<uint8_t> out) noexcept;
  size_t write_role_conflict(const StunRequest& request, std::span<uint8_t> out) noexcept;
  size_t write_unknown_attributes(const StunRequest& request, std::span<uint8_t> out) noexcept;

 private:
  StunAgent agent_;
};

}  // namespace veche::media
