// SPDX-License-Identifier: Apache-2.0
// The sender and the receiver on libsrtp2 (build option `srtp`). It allocates for each new SSRC.
#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "rtp/srtp/packet_layout.hpp"
#include "rtp/srtp/srtp_receiver.hpp"
#include "rtp/srtp/srtp_sender.hpp"

namespace veche::rtp {
namespace {

struct SessionDeleter {
  void operator()(srtp_t session) const noexcept { srtp_dealloc(session); }
};
using Session = std::unique_ptr<srtp_ctx_t_, SessionDeleter>;

/// libsrtp2 itself sets no limit on SSRCs.
class KnownSsrcs {
 public:
  explicit KnownSsrcs(size_t capacity) : capacity_(capacity) { ssrcs_.reserve(capacity); }
  bool contains(uint32_t ssrc) const noexcept {
    return std::binary_search(ssrcs_.begin(), ssrcs_.end(), ssrc);
  }
  /// False if the SSRC exceeds the bound.
  bool admit(uint32_t ssrc) noexcept {
    if (contains(ssrc)) return true;
    if (ssrcs_.size() == capacity_) return false;
    ssrcs_.insert(std::upper_bound(ssrcs_.begin(), ssrcs_.end(), ssrc), ssrc);
    return true;
  }

 private:
  const size_t capacity_;
  std::vector<uint32_t> ssrcs_;  ///< Sorted.
};

void set_policy(SrtpProfile profile, srtp_crypto_policy_t& policy) {
  switch (profile) {
    case SrtpProfile::Aes128CmHmacSha1:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy);
      break;
    case SrtpProfile::AeadAes128Gcm: srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy); break;
    case SrtpProfile::AeadAes256Gcm: srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy); break;
  }
}

Result<Session> make_session(SrtpProfile profile, std::span<const uint8_t> master_key_then_salt,
                             srtp_ssrc_type_t direction) {
  const size_t size = srtp_key_size(profile) + srtp_salt_size(profile);
  if (master_key_then_salt.size() != size) {
    return invalid("SRTP: master key and salt have " + std::to_string(master_key_then_salt.size()) +
                   " bytes, the profile needs " + std::to_string(size));
  }
  // It fails if it has been called in this process before, for instance by GStreamer's plugin. If
  // it fails for another reason, srtp_create() does too.
  [[maybe_unused]] static const srtp_err_status_t initialised = srtp_init();
  std::array<uint8_t, SRTP_MAX_KEY_LEN> key{};
  std::copy(master_key_then_salt.begin(), master_key_then_salt.end(), key.begin());
  srtp_policy_t policy{};
  set_policy(profile, policy.rtp);
  set_policy(profile, policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = key.data();
  policy.window_size = SrtpReceiver::kRtpWindow;
  srtp_t session = nullptr;
  const srtp_err_status_t status = srtp_create(&session, &policy);
  explicit_bzero(key.data(), key.size());
  if (status != srtp_err_status_ok) return internal("libsrtp2 does not have the SRTP profile");
  return Session(session);
}

class Libsrtp2Sender final : public SrtpSender {
 public:
  Libsrtp2Sender(SrtpProfile profile, Session session, size_t max_streams)
      : profile_(profile), session_(std::move(session)), ssrcs_(max_streams) {}

  size_t protect_rtp(std::span<uint8_t> buffer, size_t size) noexcept override {
    if (!has_room(buffer, size, srtp_tag_size(profile_))) return 0;
    if (!header_layout(buffer.first(size)) || !ssrcs_.admit(read_u32(&buffer[8]))) return 0;
    int length = static_cast<int>(size);
    const auto status = srtp_protect(session_.get(), buffer.data(), &length);
    return status == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
  }

  size_t protect_rtcp(std::span<uint8_t> buffer, size_t size) noexcept override {
    if (size < kSrtcpHeaderSize || !has_room(buffer, size, SrtcpTrailer::size(profile_))) return 0;
    if (!is_version_2(buffer) || !ssrcs_.admit(read_u32(&buffer[4]))) return 0;
    int length = static_cast<int>(size);
    const auto status = srtp_protect_rtcp(session_.get(), buffer.data(), &length);
    return status == srtp_err_status_ok ? static_cast<size_t>(length) : 0;
  }

 private:
  const SrtpProfile profile_;
  Session session_;
  KnownSsrcs ssrcs_;
};

class Libsrtp2Receiver final : public SrtpReceiver {
 public:
  Libsrtp2Receiver(SrtpProfile profile, Session session, size_t max_streams)
      : profile_(profile), session_(std::move(session)), ssrcs_(max_streams) {}

  size_t unprotect_rtp(std::span<uint8_t> packet) noexcept override {
    const size_t tag_size = srtp_tag_size(profile_);
    if (packet.size() < tag_size || packet.size() > kMaxSrtpSize ||
        !header_layout(packet.first(packet.size() - tag_size))) {
      return refuse(srtp_err_status_parse_err);
    }
    int length = static_cast<int>(packet.size());
    const auto status = srtp_unprotect(session_.get(), packet.data(), &length);
    return status == srtp_err_status_ok ? admit(read_u32(&packet[8]), length) : refuse(status);
  }

  size_t unprotect_rtcp(std::span<uint8_t> packet) noexcept override {
    if (!srtcp_word(profile_, packet)) return refuse(srtp_err_status_parse_err);
    int length = static_cast<int>(packet.size());
    const auto status = srtp_unprotect_rtcp(session_.get(), packet.data(), &length);
    return status == srtp_err_status_ok ? admit(read_u32(&packet[4]), length) : refuse(status);
  }

 private:
  /// The packet is authentic, and libsrtp2 has made a stream if the SSRC is new.
  size_t admit(uint32_t ssrc, int length) noexcept {
    if (ssrcs_.admit(ssrc)) return static_cast<size_t>(length);
    srtp_remove_stream(session_.get(), htonl(ssrc));
    refusals_.too_many_streams.add();
    return 0;
  }

  size_t refuse(srtp_err_status_t status) noexcept {
    switch (status) {
      case srtp_err_status_auth_fail:
      case srtp_err_status_cipher_fail: refusals_.bad_tag.add(); break;
      case srtp_err_status_replay_fail:
      case srtp_err_status_replay_old:
      case srtp_err_status_pkt_idx_old: refusals_.replayed.add(); break;
      default: refusals_.malformed.add(); break;
    }
    return 0;
  }

  const SrtpProfile profile_;
  Session session_;
  KnownSsrcs ssrcs_;
};

}  // namespace

Result<std::unique_ptr<SrtpSender>> SrtpSender::create(
    SrtpProfile profile, std::span<const uint8_t> master_key_then_salt, size_t max_streams) {
  auto session = make_session(profile, master_key_then_salt, ssrc_any_outbound);
  if (!session) return session.error();
  return std::unique_ptr<SrtpSender>(
      std::make_unique<Libsrtp2Sender>(profile, std::move(*session), max_streams));
}

Result<std::unique_ptr<SrtpReceiver>> SrtpReceiver::create(
    SrtpProfile profile, std::span<const uint8_t> master_key_then_salt, size_t max_streams) {
  auto session = make_session(profile, master_key_then_salt, ssrc_any_inbound);
  if (!session) return session.error();
  return std::unique_ptr<SrtpReceiver>(
      std::make_unique<Libsrtp2Receiver>(profile, std::move(*session), max_streams));
}

}  // namespace veche::rtp
