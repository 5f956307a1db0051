// SPDX-License-Identifier: Apache-2.0
// The sender on OpenSSL's primitives: finds each packet's index, and never reuses one.
#include "rtp/srtp/packet_cipher.hpp"
#include "rtp/srtp/packet_layout.hpp"
#include "rtp/srtp/srtp_sender.hpp"
#include "rtp/srtp/stream_table.hpp"

namespace veche::rtp {
namespace {

static_assert(SrtpSender::kMaxTrailer ==
              kSrtcpIndexSize + srtp_tag_size(SrtpProfile::AeadAes256Gcm));

class OpensslSender final : public SrtpSender {
 public:
  OpensslSender(SrtpProfile profile, SrtpCiphers ciphers, size_t max_streams)
      : profile_(profile), ciphers_(std::move(ciphers)), streams_(max_streams) {}

  void prefetch(int depth) const noexcept override {
    if (depth == 0) streams_.prefetch();
    ciphers_.prefetch_rtp(depth);
  }
  size_t protect_rtp(std::span<uint8_t> buffer, size_t size) noexcept override;
  size_t protect_rtcp(std::span<uint8_t> buffer, size_t size) noexcept override;

 private:
  SrtpStream* find_or_add(uint32_t ssrc) noexcept {
    SrtpStream* stream = streams_.find(ssrc);
    return stream != nullptr ? stream : streams_.add(ssrc);
  }

  const SrtpProfile profile_;
  SrtpCiphers ciphers_;
  StreamTable streams_;
};

size_t OpensslSender::protect_rtp(std::span<uint8_t> buffer, size_t size) noexcept {
  const size_t tag_size = srtp_tag_size(profile_);
  if (!has_room(buffer, size, tag_size)) return 0;
  const auto packet = buffer.first(size);
  const auto header = header_layout(packet);
  if (!header) return 0;
  const uint32_t ssrc = read_u32(&packet[8]);
  SrtpStream* stream = find_or_add(ssrc);
  if (stream == nullptr) return 0;
  const auto index = stream->rtp_index(read_u16(&packet[2]));
  if (!index || !stream->rtp.is_new(*index)) return 0;
  stream->rtp.take(*index);
  const CipherInput input{packet, header->size, ssrc, *index, std::nullopt};
  return ciphers_.rtp->seal(input, buffer.subspan(size, tag_size)) ? size + tag_size : 0;
}

size_t OpensslSender::protect_rtcp(std::span<uint8_t> buffer, size_t size) noexcept {
  const size_t trailer_size = SrtcpTrailer::size(profile_);
  if (size < kSrtcpHeaderSize || !has_room(buffer, size, trailer_size)) return 0;
  const auto packet = buffer.first(size);
  if (!is_version_2(packet)) return 0;
  const uint32_t ssrc = read_u32(&packet[4]);
  SrtpStream* stream = find_or_add(ssrc);
  if (stream == nullptr) return 0;
  const auto index = stream->next_rtcp_index();
  if (!index) return 0;
  stream->rtcp.take(*index);
  const uint32_t word = kSrtcpEncrypted | *index;
  const SrtcpTrailer trailer(profile_, size);
  write_u32(&buffer[trailer.index_at], word);
  const CipherInput input{packet, kSrtcpHeaderSize, ssrc, *index, word};
  const auto tag = buffer.subspan(trailer.tag_at, srtp_tag_size(profile_));
  return ciphers_.rtcp->seal(input, tag) ? size + trailer_size : 0;
}

}  // namespace

Result<std::unique_ptr<SrtpSender>> SrtpSender::create(
    SrtpProfile profile, std::span<const uint8_t> master_key_then_salt, size_t max_streams) {
  auto ciphers = make_srtp_ciphers(profile, master_key_then_salt, PacketCipher::Direction::Seal);
  if (!ciphers) return ciphers.error();
  return std::unique_ptr<SrtpSender>(
      std::make_unique<OpensslSender>(profile, std::move(*ciphers), max_streams));
}

}  // namespace veche::rtp
