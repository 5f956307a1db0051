// SPDX-License-Identifier: Apache-2.0
// RTP buffers into rtpvp8depay or rtpvp9depay.
#include "recording/track/vpx_depacketizer.hpp"

#include <gst/rtp/gstrtpbuffer.h>

#include <algorithm>

namespace veche::recording {
namespace {

constexpr int kPayloadType = 96, kClockRate = 90'000;
/// A depayloader takes more for a sender that began anew.
constexpr uint64_t kMostLost = 50;
/// The depayloaders of GStreamer 1.22 read a few bytes past a payload that is cut within its
/// header: these are there.
constexpr uint8_t kPadding = 32;

CapsPtr input_caps(const char* encoding) {
  return CapsPtr(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, "video", "clock-rate", G_TYPE_INT, kClockRate,
      "encoding-name", G_TYPE_STRING, encoding, "payload", G_TYPE_INT, kPayloadType, nullptr));
}

GstBuffer* make_buffer(const Packet& packet, uint16_t sequence, int64_t time_ns) {
  GstBuffer* buffer =
      gst_rtp_buffer_new_allocate(static_cast<guint>(packet.payload.size()), kPadding, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type(&rtp, kPayloadType);
  gst_rtp_buffer_set_seq(&rtp, sequence);
  gst_rtp_buffer_set_timestamp(&rtp, packet.timestamp);
  gst_rtp_buffer_set_marker(&rtp, packet.marker ? TRUE : FALSE);
  std::copy(packet.payload.begin(), packet.payload.end(),
            static_cast<uint8_t*>(gst_rtp_buffer_get_payload(&rtp)));
  gst_rtp_buffer_unmap(&rtp);
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(time_ns);
  return buffer;
}

}  // namespace

VpxDepacketizer::VpxDepacketizer(Codec codec)
    : GstDepacketizer(codec == Codec::Vp8
                          ? Recipe{codec,
                                   "VP8",
                                   {"rtpvp8depay"},
                                   input_caps("VP8"),
                                   CapsPtr(gst_caps_from_string("video/x-vp8"))}
                          : Recipe{codec,
                                   "VP9",
                                   {"rtpvp9depay", "vp9parse"},
                                   input_caps("VP9"),
                                   CapsPtr(gst_caps_from_string(
                                       "video/x-vp9, alignment=(string)super-frame"))}) {}

void VpxDepacketizer::push(const Packet& packet, int64_t time_ns, uint64_t lost,
                           std::vector<Frame>& out) {
  if (lost > 0) note_loss();
  sequence_ = static_cast<uint16_t>(sequence_ + std::min(lost, kMostLost));
  // A padding packet has nothing to put together.
  if (packet.payload.empty() || packet.payload.size() > UINT16_MAX) {
    ++refused_.malformed;
    return;
  }
  held_bytes_ += packet.payload.size();
  if (held_bytes_ > kMaxFrameBytes) {
    // A sender that ends no frame: a discontinuity lets the depayloader forget it.
    ++sequence_;
    held_bytes_ = 0;
    count_missing();
  }
  const size_t before = out.size();
  feed(make_buffer(packet, ++sequence_, time_of(packet, time_ns)), out);
  if (!packet.marker) return;
  held_bytes_ = 0;
  if (out.size() == before) count_missing();
}

}  // namespace veche::recording
