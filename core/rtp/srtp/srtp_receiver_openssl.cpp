// SPDX-License-Identifier: Apache-2.0
// The receiver on OpenSSL's primitives: guesses each packet's index, and accepts the guess once the
// packet is authentic.
#include "rtp/srtp/packet_cipher.hpp"
#include "rtp/srtp/packet_layout.hpp"
#include "rtp/srtp/srtp_receiver.hpp"
#include "rtp/srtp/stream_table.hpp"

namespace veche::rtp {
namespace {

class OpensslReceiver final : public SrtpReceiver {
 public:
  OpensslReceiver(SrtpProfile profile, SrtpCiphers ciphers, size_t max_streams)
      : profile_(profile), ciphers_(std::move(ciphers)), streams_(max_streams) {}

  void prefetch(int depth) const noexcept override {
    if (depth == 0) streams_.prefetch();
    ciphers_.prefetch_rtp(depth);
  }
  size_t unprotect_rtp(std::span<uint8_t> packet) noexcept override;
  size_t unprotect_rtcp(std::span<uint8_t> packet) noexcept override;

 private:
  static size_t refuse(Counter& reason) noexcept {
    reason.add();
    return 0;
  }
  /// For the SSRC of an authentic packet. Null if it exceeds the bound.
  SrtpStream* admit(SrtpStream* known, uint32_t ssrc) noexcept {
    return known != nullptr ? known : streams_.add(ssrc);
  }

  const SrtpProfile profile_;
  SrtpCiphers ciphers_;
  StreamTable streams_;
  const SrtpStream unknown_;  ///< Stands for every SSRC that has not been seen yet.
};

size_t OpensslReceiver::unprotect_rtp(std::span<uint8_t> packet) noexcept {
  const size_t tag_size = srtp_tag_size(profile_);
  if (packet.size() < tag_size || packet.size() > kMaxSrtpSize) return refuse(refusals_.malformed);
  const size_t size = packet.size() - tag_size;
  const auto bytes = packet.first(size);
  const auto header = header_layout(bytes);
  if (!header) return refuse(refusals_.malformed);
  const uint32_t ssrc = read_u32(&bytes[8]);
  SrtpStream* known = streams_.find(ssrc);
  const SrtpStream& stream = known != nullptr ? *known : unknown_;
  const auto index = stream.rtp_index(read_u16(&bytes[2]));
  if (!index || !stream.rtp.is_new(*index)) return refuse(refusals_.replayed);
  const CipherInput input{bytes, header->size, ssrc, *index, std::nullopt};
  if (!ciphers_.rtp->open(input, packet.subspan(size))) return refuse(refusals_.bad_tag);
  SrtpStream* admitted = admit(known, ssrc);
  if (admitted == nullptr) return refuse(refusals_.too_many_streams);
  admitted->rtp.take(*index);
  return size;
}

size_t OpensslReceiver::unprotect_rtcp(std::span<uint8_t> packet) noexcept {
  const auto word = srtcp_word(profile_, packet);
  if (!word) return refuse(refusals_.malformed);
  const uint32_t index = *word & ~kSrtcpEncrypted;
  const uint32_t ssrc = read_u32(&packet[4]);
  SrtpStream* known = streams_.find(ssrc);
  if (known != nullptr && !known->rtcp.is_new(index)) return refuse(refusals_.replayed);
  const size_t size = packet.size() - SrtcpTrailer::size(profile_);
  const CipherInput input{packet.first(size), kSrtcpHeaderSize, ssrc, index, word};
  const auto tag = packet.subspan(SrtcpTrailer(profile_, size).tag_at, srtp_tag_size(profile_));
  if (!ciphers_.rtcp->open(input, tag)) return refuse(refusals_.bad_tag);
  SrtpStream* admitted = admit(known, ssrc);
  if (admitted == nullptr) return refuse(refusals_.too_many_streams);
  admitted->rtcp.take(index);
  return size;
}

}  // namespace

Result<std::unique_ptr<SrtpReceiver>> SrtpReceiver::create(
    SrtpProfile profile, std::span<const uint8_t> master_key_then_salt, size_t max_streams) {
  auto ciphers = make_srtp_ciphers(profile, master_key_then_salt, PacketCipher::Direction::Open);
  if (!ciphers) return ciphers.error();
  return std::unique_ptr<SrtpReceiver>(
      std::make_unique<OpensslReceiver>(profile, std::move(*ciphers), max_streams));
}

}  // namespace veche::rtp
