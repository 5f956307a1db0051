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

glib::Ref<GstElement> find_element(GstElement* bin, const char* factory) {
  const std::unique_ptr<GstIterator, decltype(&gst_iterator_free)> all(
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(bin), factory), gst_iterator_free);
  GValue item = G_VALUE_INIT;
  glib::Ref<GstElement> found;
  if (gst_iterator_next(all.get(), &item) == GST_ITERATOR_OK) {
    found = glib::share(GST_ELEMENT(g_value_get_object(&item)));
  }
  g_value_unset(&item);
  return found;
}

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
  const glib::Ref<GstElement> encoder = find_element(webrtc.get(), "dtlsenc");
  const glib::Ref<GstElement> decoder = find_element(webrtc.get(), "dtlsdec");
  if (!encoder || !decoder) return internal("webrtcbin has no DTLS elements");
  if (!is_supported(encoder.get()) || !is_supported(decoder.get())) {
    return Error{ErrorCode::Unsupported,
                 "the client chose an SRTP profile other than SRTP_AES128_CM_HMAC_SHA1_80"};
  }
  const Secret sending = read_key(encoder.get(), "encoder-key");
  const Secret receiving = read_key(decoder.get(), "decoder-key");
  constexpr auto kProfile = rtp::SrtpProfile::Aes128CmHmacSha1;
  auto sender = rtp::SrtpSender::create(kProfile, sending.bytes(), streams);
  if (!sender) return sender.error();
  auto receiver = rtp::SrtpReceiver::create(kProfile, receiving.bytes(), streams);
  if (!receiver) return receiver.error();
  return WireKeys{std::move(*sender), std::move(*receiver)};
}

}  // namespace veche::media
