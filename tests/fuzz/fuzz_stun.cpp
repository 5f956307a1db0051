// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whatever strangers send, the ICE-Lite agent answers nobody who is not authenticated.
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "media/ice/datagram.hpp"
#include "media/ice/ice_lite.hpp"

namespace {

using namespace veche::media;
using veche::SessionId;

constexpr int64_t kStartNs = 1'000'000'000'000;

void require(bool holds) {
  if (!holds) std::abort();
}

CandidatePair pair_of(uint8_t number) {
  sockaddr_storage address{};
  address.ss_family = (number & 1) != 0 ? AF_INET6 : AF_INET;
  std::memset(reinterpret_cast<uint8_t*>(&address) + 2, number, 20);
  return {.peer = Address::from(address, sizeof(address)).value(), .socket = number};
}

/// Gives the message the FINGERPRINT that its other bytes need, or nothing gets past the CRC.
void refresh_fingerprint(std::vector<uint8_t>& message) {
  if (message.size() < 28) return;
  uint32_t crc = ~0u;
  for (size_t i = 0; i + 8 < message.size(); ++i) {
    crc ^= message[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  crc = ~crc ^ 0x5354554e;
  const std::array<uint8_t, 8> attribute{0x80,
                                         0x28,
                                         0,
                                         4,
                                         static_cast<uint8_t>(crc >> 24),
                                         static_cast<uint8_t>(crc >> 16),
                                         static_cast<uint8_t>(crc >> 8),
                                         static_cast<uint8_t>(crc)};
  std::memcpy(&message[message.size() - attribute.size()], attribute.data(), attribute.size());
}

/// Makes the header fit the size, so that the attributes are reached.
void repair(std::vector<uint8_t>& message, bool with_user) {
  constexpr std::array<uint8_t, 8> kHead{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
  constexpr std::array<uint8_t, 16> kUser{0, 6, 0, 9, 'e', 'v', 't', 'j', ':', 'h', '6', 'v', 'Y'};
  constexpr std::array<uint8_t, 4> kIntegrity{0, 8, 0, 20};
  message.resize(message.size() / 4 * 4);
  if (message.size() < 68) return;
  std::memcpy(message.data(), kHead.data(), kHead.size());
  message[2] = static_cast<uint8_t>((message.size() - 20) >> 8);
  message[3] = static_cast<uint8_t>(message.size() - 20);
  if (!with_user) return;
  std::memcpy(&message[20], kUser.data(), kUser.size());
  std::memcpy(&message[message.size() - 32], kIntegrity.data(), kIntegrity.size());
}

void hand_over(IceLite& ice, const std::vector<uint8_t>& datagram, uint8_t from, int64_t now_ns) {
  constexpr uint8_t kUntouched = 0xee;
  std::array<uint8_t, IceLite::kMaxReplySize> reply;
  reply.fill(kUntouched);
  const CandidatePair pair = pair_of(from);
  const bool known = ice.find(pair, now_ns).has_value();
  const IceOutcome outcome = ice.handle(datagram, pair, now_ns, reply);
  require(outcome.reply_size <= reply.size());
  if (outcome.session) {
    require(outcome.reply_size >= 20 && outcome.verdict <= IceVerdict::UnknownAttribute);
    return;
  }
  require(outcome.reply_size == 0 && outcome.verdict > IceVerdict::UnknownAttribute);
  require(reply[0] == kUntouched && ice.find(pair, now_ns).has_value() == known);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  IceLite ice(HashKey{{1, 2, 3}});
  // The credentials of RFC 5769, whose sample request is in the corpus.
  const auto added = ice.add(
      SessionId{1},
      {.local_ufrag = "evtj", .local_password = "VOkJxbRl1RmTxUk/WvJxBt", .remote_ufrag = "h6vY"});
  require(added.ok());
  const std::vector<uint8_t> raw(data, data + size);
  classify(raw);
  hand_over(ice, raw, 0, kStartNs);
  std::vector<uint8_t> repaired = raw;
  for (const bool with_user : {false, true}) {
    repair(repaired, with_user);
    refresh_fingerprint(repaired);
    hand_over(ice, repaired, size > 0 ? data[size - 1] : 0, kStartNs + 1);
  }
  require(!ice.find(pair_of(0), kStartNs) || ice.count(IceVerdict::Accepted) > 0);
  return 0;
}
