// SPDX-License-Identifier: Apache-2.0
// The same packets through SrtpSender and SrtpReceiver and through libsrtp2: both must write the
// same bytes, and accept and refuse the same packets.
#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "../repetitions.hpp"
#include "srtp_pair.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;

constexpr int kRtpPackets = veche::test::repetitions(340'000);  ///< For each of the three profiles.
constexpr int kRtcpPackets = veche::test::repetitions(34'000);
constexpr size_t kStreams = 5;
constexpr size_t kMaxSize = 1600;

struct Packet {
  alignas(8) std::array<uint8_t, kMaxSize> bytes;
  size_t size = 0;

  bool operator==(const Packet& other) const {
    return size == other.size &&
           std::equal(bytes.begin(), bytes.begin() + size, other.bytes.begin());
  }
};

/// libsrtp2's two sessions.
class Reference {
 public:
  explicit Reference(SrtpProfile profile)
      : sender_(make(profile, ssrc_any_outbound)), receiver_(make(profile, ssrc_any_inbound)) {}
  ~Reference() {
    if (sender_ != nullptr) srtp_dealloc(sender_);
    if (receiver_ != nullptr) srtp_dealloc(receiver_);
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;

  bool usable() const { return sender_ != nullptr && receiver_ != nullptr; }
  void protect(Packet& packet, bool rtcp) {
    apply(packet, sender_, rtcp ? srtp_protect_rtcp : srtp_protect);
  }
  void unprotect(Packet& packet, bool rtcp) {
    apply(packet, receiver_, rtcp ? srtp_unprotect_rtcp : srtp_unprotect);
  }

 private:
  static srtp_t make(SrtpProfile profile, srtp_ssrc_type_t direction) {
    // It fails if SrtpSender has called it before.
    [[maybe_unused]] static const srtp_err_status_t initialised = srtp_init();
    srtp_policy_t policy{};
    for (srtp_crypto_policy_t* part : {&policy.rtp, &policy.rtcp}) {
      switch (profile) {
        case SrtpProfile::Aes128CmHmacSha1:
          srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(part);
          break;
        case SrtpProfile::AeadAes128Gcm: srtp_crypto_policy_set_aes_gcm_128_16_auth(part); break;
        case SrtpProfile::AeadAes256Gcm: srtp_crypto_policy_set_aes_gcm_256_16_auth(part); break;
      }
    }
    Bytes key = test::master_of(profile);
    key.resize(SRTP_MAX_KEY_LEN);
    policy.ssrc.type = direction;
    policy.key = key.data();
    policy.window_size = SrtpReceiver::kRtpWindow;
    srtp_t session = nullptr;
    return srtp_create(&session, &policy) == srtp_err_status_ok ? session : nullptr;
  }

  static void apply(Packet& packet, srtp_t session,
                    srtp_err_status_t (*function)(srtp_t, void*, int*)) {
    int size = static_cast<int>(packet.size);
    const bool good = function(session, packet.bytes.data(), &size) == srtp_err_status_ok;
    packet.size = good ? static_cast<size_t>(size) : 0;
  }

  srtp_t sender_;
  srtp_t receiver_;
};

class SrtpDifferential : public test::SrtpProfileTest {
 protected:
  void SetUp() override {
    SrtpProfileTest::SetUp();
    if (!reference_.usable()) {
      GTEST_SKIP() << "this libsrtp2 does not have " << test::name_of(GetParam());
    }
    for (uint8_t& byte : noise_) byte = static_cast<uint8_t>(random_());
    for (int64_t& newest : newest_) newest = below(30000);
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool one_in(int count) { return below(count) == 0; }

  void append_noise(Packet& packet, size_t size) {
    const auto from = noise_.begin() + below(static_cast<int>(noise_.size() - kMaxSize));
    std::copy_n(from, size, packet.bytes.begin() + static_cast<ptrdiff_t>(packet.size));
    packet.size += size;
  }
  static void write(Packet& packet, size_t at, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      packet.bytes[at + i] = static_cast<uint8_t>(value >> 8 * (size - 1 - i));
    }
  }

  /// Mostly the next number; sometimes a gap, a jump, a late or a repeated one.
  int64_t next_index(size_t stream) {
    int64_t& newest = newest_[stream];
    const int dice = below(1000);
    if (dice < 880) return ++newest;
    if (dice < 930) return newest += 1 + below(30);
    if (dice < 940) return newest += 1 + below(15000);
    if (dice < 990) return std::max<int64_t>(0, newest - below(20));
    return std::max<int64_t>(0, newest - below(1200));
  }

  Packet make_rtp() {
    Packet packet;
    const bool extended = one_in(2);
    const size_t csrcs = one_in(2) ? 0 : static_cast<size_t>(below(16));
    const size_t words = static_cast<size_t>(one_in(50) ? below(60) : below(5));
    const size_t stream = static_cast<size_t>(below(kStreams));
    append_noise(packet, 12 + csrcs * 4);
    packet.bytes[0] =
        static_cast<uint8_t>(0x80 | (packet.bytes[0] & 0x20) | (extended ? 0x10 : 0) | csrcs);
    write(packet, 2, static_cast<uint64_t>(next_index(stream)) & 0xffff, 2);
    write(packet, 8, 0xfffffff0 + 7 * stream, 4);
    if (extended) {
      append_noise(packet, 4 + words * 4);
      write(packet, packet.size - words * 4 - 2, words, 2);
    }
    append_noise(packet, static_cast<size_t>(one_in(10) ? below(1200) : below(160)));
    return packet;
  }

  Packet make_rtcp() {
    Packet packet;
    append_noise(packet, 8 + static_cast<size_t>(one_in(10) ? below(1200) : below(120)));
    packet.bytes[0] = static_cast<uint8_t>(0x80 | (packet.bytes[0] & 0x1f));
    packet.bytes[1] = 201;
    write(packet, 4, 0xfffffff0 + static_cast<uint64_t>(7 * below(kStreams)), 4);
    return packet;
  }

  void send(Packet packet) {
    Packet expected = packet;
    reference_.protect(expected, rtcp_);
    packet.size = rtcp_ ? pair_.sender->protect_rtcp(packet.bytes, packet.size)
                        : pair_.sender->protect_rtp(packet.bytes, packet.size);
    ASSERT_EQ(packet.size, expected.size);
    ASSERT_EQ(packet, expected);
    if (packet.size == 0 || one_in(20)) return;  // Lost.
    if (held_.size() < 64) return held_.push_back(packet);
    // Mostly in order; sometimes one that is very late.
    Packet& other = held_[one_in(10) ? static_cast<size_t>(below(64)) : turn_++ % 64];
    std::swap(other, packet);
    receive(packet);
  }

  void receive(const Packet& sealed) {
    if (one_in(20)) {
      Packet changed = sealed;
      changed.bytes[static_cast<size_t>(below(static_cast<int>(sealed.size)))] ^=
          static_cast<uint8_t>(1 << below(8));
      if (one_in(4)) changed.size = static_cast<size_t>(below(static_cast<int>(sealed.size)));
      ASSERT_NO_FATAL_FAILURE(compare(changed));
    }
    for (int copies = one_in(20) ? 2 : 1; copies > 0; --copies) {
      ASSERT_NO_FATAL_FAILURE(compare(sealed));
    }
  }

  void compare(Packet packet) {
    Packet expected = packet;
    reference_.unprotect(expected, rtcp_);
    const auto bytes = std::span(packet.bytes).first(packet.size);
    packet.size =
        rtcp_ ? pair_.receiver->unprotect_rtcp(bytes) : pair_.receiver->unprotect_rtp(bytes);
    ASSERT_EQ(packet.size, expected.size);
    ASSERT_EQ(packet, expected);
    ++(packet.size != 0 ? taken_ : refused_);
  }

  Reference reference_{GetParam()};
  const test::SrtpPair pair_{GetParam(), kStreams};
  std::mt19937 random_{20240607};
  std::vector<uint8_t> noise_ = std::vector<uint8_t>(65536);
  std::array<int64_t, kStreams> newest_{};
  std::vector<Packet> held_;
  size_t turn_ = 0;
  bool rtcp_ = false;
  int taken_ = 0, refused_ = 0;
};

TEST_P(SrtpDifferential, AgreesWithLibsrtp2OnRtp) {
  for (int i = 0; i < kRtpPackets; ++i) ASSERT_NO_FATAL_FAILURE(send(make_rtp())) << i;
  EXPECT_GT(taken_, kRtpPackets * 3 / 4);
  EXPECT_GT(refused_, kRtpPackets / 20);
  for (const int64_t newest : newest_) EXPECT_GT(newest, 5 * 65536) << "did not wrap";
}

TEST_P(SrtpDifferential, AgreesWithLibsrtp2OnRtcp) {
  rtcp_ = true;
  for (int i = 0; i < kRtcpPackets; ++i) ASSERT_NO_FATAL_FAILURE(send(make_rtcp())) << i;
  EXPECT_GT(taken_, kRtcpPackets * 3 / 4);
  EXPECT_GT(refused_, kRtcpPackets / 20);
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpDifferential, testing::ValuesIn(test::kProfiles),
                         test::profile_name);

}  // namespace
}  // namespace veche::rtp
