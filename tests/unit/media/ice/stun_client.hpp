// SPDX-License-Identifier: Apache-2.0
// The client's end for tests: builds binding requests with libnice, reads the answers, and a clock.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "media/ice/ice_lite.hpp"

namespace veche::media::test {

using Bytes = std::vector<uint8_t>;

inline constexpr HashKey kKey{{0x0123456789abcdef, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978}};
inline constexpr const char* kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

inline Address address(const std::string& ip, uint16_t port) {
  sockaddr_storage storage{};
  sockaddr_in ipv4{.sin_family = AF_INET, .sin_port = htons(port)};
  sockaddr_in6 ipv6{.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (inet_pton(AF_INET, ip.c_str(), &ipv4.sin_addr) == 1) {
    std::memcpy(&storage, &ipv4, sizeof(ipv4));
  } else if (inet_pton(AF_INET6, ip.c_str(), &ipv6.sin6_addr) == 1) {
    std::memcpy(&storage, &ipv6, sizeof(ipv6));
  }
  const auto result = Address::from(storage, sizeof(storage));
  EXPECT_TRUE(result) << ip;
  return result.value_or(Address());
}

inline CandidatePair pair(const std::string& ip, uint16_t port, uint16_t socket = 0) {
  return {.peer = address(ip, port), .socket = socket};
}

struct RequestSpec {
  std::string username = "SRVR:CLNT", password = kPassword;
  std::optional<uint32_t> priority = 1000;
  bool nominates = false;
  bool controlling = true;
  std::vector<std::pair<uint16_t, Bytes>> attributes = {};
  Bytes transaction = {};  ///< 12 bytes; empty: a fresh one.
};

struct Reply {
  StunClass kind = STUN_INDICATION;  ///< Which is never an answer.
  int error = 0;
  std::optional<Address> mapped;
  bool has_username = false;
  Bytes unknown_attributes;
};

/// Remembers only the newest request.
class StunClient {
 public:
  StunClient() {
    stun_agent_init(&agent_, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                     STUN_AGENT_USAGE_USE_FINGERPRINT));
  }

  Bytes request(const RequestSpec& spec = {}) {
    stun_agent_forget_transaction(&agent_, transaction_);
    password_ = spec.password;
    Bytes bytes(1500);
    StunMessage message{};
    stun_agent_init_request(&agent_, &message, bytes.data(), bytes.size(), STUN_BINDING);
    std::copy(spec.transaction.begin(), spec.transaction.end(), bytes.begin() + 8);
    append(message, STUN_ATTRIBUTE_USERNAME, {spec.username.begin(), spec.username.end()});
    if (spec.priority) stun_message_append32(&message, STUN_ATTRIBUTE_PRIORITY, *spec.priority);
    stun_message_append64(
        &message, spec.controlling ? STUN_ATTRIBUTE_ICE_CONTROLLING : STUN_ATTRIBUTE_ICE_CONTROLLED,
        0);
    if (spec.nominates) stun_message_append_flag(&message, STUN_ATTRIBUTE_USE_CANDIDATE);
    for (const auto& [type, value] : spec.attributes) append(message, type, value);
    const size_t size = stun_agent_finish_message(
        &agent_, &message, reinterpret_cast<const uint8_t*>(password_.data()), password_.size());
    EXPECT_NE(size, 0u);
    stun_message_id(&message, transaction_);
    bytes.resize(size);
    return bytes;
  }

  /// Checks that it is an authentic answer to the newest request.
  Reply read(std::span<const uint8_t> bytes) {
    Reply reply;
    StunMessage message{};
    const auto status =
        stun_agent_validate(&agent_, &message, bytes.data(), bytes.size(), nullptr, nullptr);
    EXPECT_EQ(status, STUN_VALIDATION_SUCCESS);
    if (status != STUN_VALIDATION_SUCCESS) return reply;
    EXPECT_TRUE(stun_message_has_attribute(&message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY));
    reply.kind = stun_message_get_class(&message);
    reply.has_username = stun_message_has_attribute(&message, STUN_ATTRIBUTE_USERNAME);
    stun_message_find_error(&message, &reply.error);
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (stun_message_find_xor_addr(&message, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &storage, &size) ==
        STUN_MESSAGE_RETURN_SUCCESS) {
      reply.mapped = Address::from(storage, size);
    }
    uint16_t length = 0;
    const auto* unknown = static_cast<const uint8_t*>(
        stun_message_find(&message, STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, &length));
    if (unknown != nullptr) reply.unknown_attributes.assign(unknown, unknown + length);
    return reply;
  }

 private:
  static void append(StunMessage& message, uint16_t type, const Bytes& value) {
    EXPECT_EQ(stun_message_append_bytes(&message, static_cast<StunAttribute>(type), value.data(),
                                        value.size()),
              STUN_MESSAGE_RETURN_SUCCESS);
  }

  StunAgent agent_{};
  StunTransactionId transaction_{};
  std::string password_;
};

/// Corrects FINGERPRINT, the last attribute, after a change.
inline void refresh_fingerprint(Bytes& message) {
  uint32_t crc = ~0u;
  for (size_t i = 0; i + 8 < message.size(); ++i) {
    crc ^= message[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  const uint32_t value = htonl(~crc ^ 0x5354554e);
  std::memcpy(&message[message.size() - 4], &value, sizeof(value));
}

/// A lane's agent with one session, SRVR:CLNT by default, and its clock.
class Server {
 public:
  explicit Server(bool with_session = true) : ice(kKey) {
    if (!with_session) return;
    EXPECT_TRUE(add(kSession, "SRVR", "CLNT").ok());
  }

  Status add(SessionId id, const std::string& local, const std::string& remote) {
    return ice.add(id, {.local_ufrag = local, .local_password = kPassword, .remote_ufrag = remote});
  }

  /// Passes the bytes in their own allocation, so that sanitizers detect reads past the end.
  IceOutcome handle(const Bytes& datagram, const CandidatePair& from) {
    const Bytes exact(datagram);
    reply.assign(IceLite::kMaxReplySize, kUntouched);
    const IceOutcome outcome = ice.handle(exact, from, now_ns, reply);
    EXPECT_LE(outcome.reply_size, reply.size());
    answered = outcome.reply_size != 0 ||
               std::any_of(reply.begin(), reply.end(), [](uint8_t b) { return b != kUntouched; });
    reply.resize(outcome.reply_size);
    return outcome;
  }

  void pass_ms(int64_t ms) { now_ns += ms * kNsPerMs; }

  static constexpr SessionId kSession{7};
  static constexpr uint8_t kUntouched = 0xee;
  IceLite ice;
  int64_t now_ns = 1000 * kNsPerS;
  Bytes reply;
  bool answered = false;  ///< The reply contains something.
};

}  // namespace veche::media::test
