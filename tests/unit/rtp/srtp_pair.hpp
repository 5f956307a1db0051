// SPDX-License-Identifier: Apache-2.0
// A sender and a receiver with the same key, for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "packet_builder.hpp"
#include "rtp/srtp/srtp_receiver.hpp"
#include "rtp/srtp/srtp_sender.hpp"

namespace veche::rtp::test {

inline constexpr SrtpProfile kProfiles[] = {SrtpProfile::Aes128CmHmacSha1,
                                            SrtpProfile::AeadAes128Gcm, SrtpProfile::AeadAes256Gcm};

inline std::string name_of(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::Aes128CmHmacSha1: return "Aes128CmHmacSha1";
    case SrtpProfile::AeadAes128Gcm: return "AeadAes128Gcm";
    case SrtpProfile::AeadAes256Gcm: return "AeadAes256Gcm";
  }
  return "?";
}

/// Hexadecimal digits; spaces are ignored.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  unsigned digits = 0, value = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (++digits % 2 == 0) bytes.push_back(static_cast<uint8_t>(value & 0xff));
  }
  return bytes;
}

inline Bytes master_of(SrtpProfile profile, uint8_t first = 7) {
  Bytes master(srtp_key_size(profile) + srtp_salt_size(profile));
  for (size_t i = 0; i < master.size(); ++i) master[i] = static_cast<uint8_t>(first + 11 * i);
  return master;
}

/// A receiver report without blocks, and some more words.
inline Bytes build_rtcp(uint32_t ssrc, size_t more_words = 3) {
  Bytes bytes{0x80, 201};
  append_u16(bytes, static_cast<uint16_t>(1 + more_words));
  append_u32(bytes, ssrc);
  for (size_t i = 0; i < more_words; ++i) append_u32(bytes, 0xdeadbeef);
  return bytes;
}

struct SrtpPair {
  explicit SrtpPair(SrtpProfile profile, size_t max_streams = 4)
      : SrtpPair(profile, master_of(profile), max_streams) {}
  SrtpPair(SrtpProfile profile, const Bytes& master, size_t max_streams)
      : sender(std::move(*SrtpSender::create(profile, master, max_streams))),
        receiver(std::move(*SrtpReceiver::create(profile, master, max_streams))) {}

  /// Empty: refused.
  Bytes protect_rtp(Bytes packet) const {
    const size_t size = packet.size();
    packet.resize(size + SrtpSender::kMaxTrailer);
    packet.resize(sender->protect_rtp(packet, size));
    return packet;
  }
  Bytes protect_rtcp(Bytes packet) const {
    const size_t size = packet.size();
    packet.resize(size + SrtpSender::kMaxTrailer);
    packet.resize(sender->protect_rtcp(packet, size));
    return packet;
  }
  Bytes unprotect_rtp(Bytes packet) const {
    packet.resize(receiver->unprotect_rtp(packet));
    return packet;
  }
  Bytes unprotect_rtcp(Bytes packet) const {
    packet.resize(receiver->unprotect_rtcp(packet));
    return packet;
  }

  std::unique_ptr<SrtpSender> sender;
  std::unique_ptr<SrtpReceiver> receiver;
};

/// A test that runs for every profile that the chosen library supports.
class SrtpProfileTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  void SetUp() override {
    if (!SrtpSender::create(GetParam(), master_of(GetParam()), 1)) {
      GTEST_SKIP() << "this build's SRTP library does not have " << name_of(GetParam());
    }
  }
};

inline std::string profile_name(const testing::TestParamInfo<SrtpProfile>& info) {
  return name_of(info.param);
}

}  // namespace veche::rtp::test
