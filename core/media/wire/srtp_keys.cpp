// SPDX-License-Identifier: Apache-2.0
// Finds dtlsenc and dtlsdec, and reads the keys that they have negotiated.
#include "media/wire/srtp_keys.hpp"

#include <utility>

#include "media/wire/secret.hpp"

namespace veche::media {
namespace {

/// GStreamer's DTLS supports only AES_CM_128, up to 1.28 at least, with a tag of 80 or 32 bits.
constexpr guint kAes128Icm = 1;
constexpr guint kHmacSha1With80Bits = 2;

/// Key and salt. GStreamer's own copy goes with its elements.
Secret read_key(GstElement* element, const char* property) {
  GstBuffer* buffer = nullptr;
  g_object_get(element, property, &buffer, nullptr);
  if (!buffer) return {};
  Secret key;
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    key = Secret({map.data, map.size});
    gst_buffer_unmap(buffer, &map);
  }
  gst_buffer_unref(buffer);
  return key;
}

bool is_supported(GstElement* element) {
  guint cipher = 0, auth = 0;
  g_object_get(element, "srtp-cipher", &cipher, "srtp-auth", &auth, nullptr);
  return cipher == kAes128Icm && auth == kHmacSha1With80Bits;
}

}  // namespace

Result<WireKeys> take_keys(const glib::WebrtcBin& webrtc, size_t streams) {
  const auto encoders = webrtc.elements("dtlsenc"), decoders = webrtc.elements("dtlsdec");
  if (encoders.empty() || decoders.empty()) return internal("webrtcbin has no DTLS elements");
  GstElement* encoder = encoders.front().get();
  GstElement* decoder = decoders.front().get();
  if (!is_supported(encoder) || !is_supported(decoder)) {
    return Error{ErrorCode::Unsupported,
                 "the client chose an SRTP profile other than SRTP_AES128_CM_HMAC_SHA1_80"};
  }
  const Secret sending = read_key(encoder, "encoder-key");
  const Secret receiving = read_key(decoder, "decoder-key");
  constexpr auto kProfile = rtp::SrtpProfile::Aes128CmHmacSha1;
  auto sender = rtp::SrtpSender::create(kProfile, sending.bytes(), streams);
  if (!sender) return sender.error();
  auto receiver = rtp::SrtpReceiver::create(kProfile, receiving.bytes(), streams);
  if (!receiver) return receiver.error();
  return WireKeys{std::move(*sender), std::move(*receiver)};
}

}  // namespace veche::media
