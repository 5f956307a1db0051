// SPDX-License-Identifier: Apache-2.0
// Finds dtlsenc and dtlsdec, and reads what they have.
#include "media/wire/srtp_keys.hpp"

#include <utility>

namespace veche::media {
namespace {

/// GStreamer's DTLS has AES_CM_128 alone, up to 1.28 at least, with a tag of 80 or 32 bits.
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

/// Key and salt, as long as it lives.
class Secret {
 public:
  Secret(GstElement* element, const char* property) {
    g_object_get(element, property, &buffer_, nullptr);
    mapped_ = buffer_ && gst_buffer_map(buffer_, &map_, GST_MAP_READ);
  }
  ~Secret() {
    if (mapped_) gst_buffer_unmap(buffer_, &map_);
    if (buffer_) gst_buffer_unref(buffer_);
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::span<const uint8_t> bytes() const {
    return mapped_ ? std::span<const uint8_t>(map_.data, map_.size) : std::span<const uint8_t>();
  }

 private:
  GstBuffer* buffer_ = nullptr;
  GstMapInfo map_{};
  bool mapped_ = false;
};

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
  const Secret sending(encoder.get(), "encoder-key");
  const Secret receiving(decoder.get(), "decoder-key");
  constexpr auto kProfile = rtp::SrtpProfile::Aes128CmHmacSha1;
  auto sender = rtp::SrtpSender::create(kProfile, sending.bytes(), streams);
  if (!sender) return sender.error();
  auto receiver = rtp::SrtpReceiver::create(kProfile, receiving.bytes(), streams);
  if (!receiver) return receiver.error();
  return WireKeys{std::move(*sender), std::move(*receiver)};
}

}  // namespace veche::media
