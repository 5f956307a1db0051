// SPDX-License-Identifier: Apache-2.0
// What libnice checks of a binding request, and what it leaves unchecked.
#include "media/ice/stun_server.hpp"

#include <stun/usages/ice.h>

#include <cstring>

namespace veche::media {
namespace {

constexpr size_t kIntegritySize = 20;
constexpr size_t kFingerprintSize = 8;  // With its header.
constexpr size_t kMaxUfragSize = 256;   // RFC 8839 section 5.4.

/// What RFC 8489 and RFC 8445 define below 0x8000; what has no meaning in a request is ignored.
constexpr uint16_t kKnownAttributes[] = {STUN_ATTRIBUTE_MAPPED_ADDRESS,
                                         STUN_ATTRIBUTE_USERNAME,
                                         STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
                                         STUN_ATTRIBUTE_ERROR_CODE,
                                         STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES,
                                         STUN_ATTRIBUTE_REALM,
                                         STUN_ATTRIBUTE_NONCE,
                                         STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                                         STUN_ATTRIBUTE_PRIORITY,
                                         STUN_ATTRIBUTE_USE_CANDIDATE,
                                         0};

bool give_password(StunAgent*, StunMessage*, uint8_t*, uint16_t, uint8_t** password, size_t* size,
                   void* data) {
  const auto* known = static_cast<const std::string_view*>(data);
  // libnice only reads it.
  *password = reinterpret_cast<uint8_t*>(const_cast<char*>(known->data()));
  *size = known->size();
  return true;
}

/// libnice takes the 20 bytes of MESSAGE-INTEGRITY without looking at its length, which would be a
/// read past the end. Nothing but FINGERPRINT may follow: it would not be authenticated.
bool ends_with_integrity(const StunMessage& message) noexcept {
  uint16_t size = 0;
  const auto* value = static_cast<const uint8_t*>(
      stun_message_find(&message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, &size));
  return value != nullptr && size == kIntegritySize &&
         value + kIntegritySize + kFingerprintSize == message.buffer + message.buffer_len;
}

/// RFC 8445 section 7.1.2: the receiver's fragment comes first.
bool read_username(StunRequest& request) noexcept {
  uint16_t size = 0;
  const auto* value =
      static_cast<const char*>(stun_message_find(&request.message, STUN_ATTRIBUTE_USERNAME, &size));
  if (value == nullptr) return false;
  const std::string_view username(value, size);
  const size_t colon = username.find(':');
  if (colon == std::string_view::npos) return false;
  request.local_ufrag = username.substr(0, colon);
  request.remote_ufrag = username.substr(colon + 1);
  return request.local_ufrag.size() <= kMaxUfragSize &&
         request.remote_ufrag.size() <= kMaxUfragSize;
}

}  // namespace

StunServer::StunServer() noexcept : agent_{} {
  stun_agent_init(&agent_, kKnownAttributes, STUN_COMPATIBILITY_RFC5389,
                  static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                   STUN_AGENT_USAGE_USE_FINGERPRINT));
}

std::optional<StunRequest> StunServer::parse(std::span<const uint8_t> datagram) noexcept {
  const size_t size = datagram.size();
  if (size < STUN_MESSAGE_HEADER_LENGTH || size > kMaxRequestSize || datagram[0] != 0 ||
      datagram[1] != STUN_BINDING ||
      stun_message_validate_buffer_length(datagram.data(), size, true) != static_cast<int>(size)) {
    return std::nullopt;
  }
  StunRequest request;
  StunMessage& message = request.message;
  message.agent = &agent_;
  message.buffer = const_cast<uint8_t*>(datagram.data());  // libnice only reads it.
  message.buffer_len = size;
  if (!stun_message_has_cookie(&message) || !ends_with_integrity(message) ||
      !read_username(request)) {
    return std::nullopt;
  }
  constexpr size_t kTransactionEnd = STUN_MESSAGE_TRANS_ID_POS + STUN_MESSAGE_TRANS_ID_LEN;
  std::memcpy(&request.transaction, &datagram[kTransactionEnd - sizeof(request.transaction)],
              sizeof(request.transaction));
  uint64_t tie_breaker = 0;
  request.priority = stun_usage_ice_conncheck_priority(&message);
  request.nominates = stun_usage_ice_conncheck_use_candidate(&message);
  request.from_controlled = stun_message_find64(&message, STUN_ATTRIBUTE_ICE_CONTROLLED,
                                                &tie_breaker) == STUN_MESSAGE_RETURN_SUCCESS;
  return request;
}

StunCheck StunServer::authenticate(StunRequest& request, std::string_view password) noexcept {
  // With an empty key libnice would compute nothing, and let the request pass.
  if (password.empty()) return StunCheck::BadForm;
  const uint8_t* datagram = request.message.buffer;
  const size_t size = request.message.buffer_len;
  switch (
      stun_agent_validate(&agent_, &request.message, datagram, size, give_password, &password)) {
    case STUN_VALIDATION_SUCCESS: return StunCheck::Valid;
    case STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE: return StunCheck::UnknownAttribute;
    case STUN_VALIDATION_UNAUTHORIZED: return StunCheck::BadIntegrity;
    default: return StunCheck::BadForm;
  }
}

size_t StunServer::write_success(const StunRequest& request, const Address& mapped,
                                 std::span<uint8_t> out) noexcept {
  StunMessage reply{};
  sockaddr_storage address;
  const socklen_t size = mapped.write(mapped.is_ipv4() ? AF_INET : AF_INET6, address);
  // Not stun_usage_ice_conncheck_create_reply(): it would repeat USERNAME, which RFC 5389 section
  // 10.1.2 forbids, and change the server's role.
  if (!stun_agent_init_response(&agent_, &reply, out.data(), out.size(), &request.message) ||
      stun_message_append_xor_addr(&reply, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &address, size) !=
          STUN_MESSAGE_RETURN_SUCCESS) {
    return 0;
  }
  return stun_agent_finish_message(&agent_, &reply, nullptr, 0);
}

size_t StunServer::write_role_conflict(const StunRequest& request,
                                       std::span<uint8_t> out) noexcept {
  StunMessage reply{};
  if (!stun_agent_init_error(&agent_, &reply, out.data(), out.size(), &request.message,
                             STUN_ERROR_ROLE_CONFLICT)) {
    return 0;
  }
  return stun_agent_finish_message(&agent_, &reply, nullptr, 0);
}

size_t StunServer::write_unknown_attributes(const StunRequest& request,
                                            std::span<uint8_t> out) noexcept {
  StunMessage reply{};
  return stun_agent_build_unknown_attributes_error(&agent_, &reply, out.data(), out.size(),
                                                   &request.message);
}

}  // namespace veche::media
