// SPDX-License-Identifier: Apache-2.0
// GStreamer's encoders and payloaders in a pipeline; a payloader for AV1, which Debian 12 lacks.
#include "encoded_video.hpp"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>

#include <algorithm>
#include <span>

#include "recording/track/av1_obu.hpp"

namespace veche::recording::testing {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

template <class Take>
void pull_all(GstElement* pipeline, const char* name, Take&& take) {
  GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline), name);
  if (!sink) return;
  while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(sink))) {
    take(gst_sample_get_buffer(sample));
    gst_sample_unref(sample);
  }
  gst_object_unref(sink);
}

Packet packet_of(GstBuffer* buffer) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp);
  Packet packet;
  packet.arrival_ns = static_cast<int64_t>(GST_BUFFER_PTS(buffer));
  packet.sequence = gst_rtp_buffer_get_seq(&rtp);
  packet.timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  packet.marker = gst_rtp_buffer_get_marker(&rtp) != FALSE;
  const auto* payload = static_cast<const uint8_t*>(gst_rtp_buffer_get_payload(&rtp));
  packet.payload.assign(payload, payload + gst_rtp_buffer_get_payload_len(&rtp));
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

/// One element of a packet, or a part of it.
struct Part {
  std::span<const uint8_t> bytes;
  bool continues = false, is_continued = false;
};

void append_leb128(size_t value, Bytes& out) {
  for (; value > 0x7f; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

Bytes payload_of(const std::vector<Part>& parts, bool with_count) {
  const bool counted = with_count && parts.size() <= 3;
  Bytes payload{static_cast<uint8_t>((parts.front().continues ? 0x80 : 0) |
                                     (parts.back().is_continued ? 0x40 : 0) |
                                     (counted ? parts.size() << 4 : 0))};
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!counted || i + 1 < parts.size()) append_leb128(parts[i].bytes.size(), payload);
    payload.insert(payload.end(), parts[i].bytes.begin(), parts[i].bytes.end());
  }
  return payload;
}

/// Calls `take` with each OBU of a temporal unit but the delimiter.
template <class Take>
void for_each_obu(std::span<const uint8_t> unit, Take&& take) {
  while (!unit.empty()) {
    const auto obu = parse_obu(unit);
    if (!obu) return;
    const auto* end = obu->payload.data() + obu->payload.size();
    unit = unit.subspan(static_cast<size_t>(end - unit.data()));
    if (obu->type != ObuType::TemporalDelimiter) take(*obu);
  }
}

}  // namespace

std::optional<EncodedVideo> encode_video(const std::string& encoder, const std::string& payloader) {
  gst_init(nullptr, nullptr);
  std::string description =
      "videotestsrc pattern=ball num-buffers=" + std::to_string(EncodedVideo::kFrames) +
      " ! video/x-raw,format=I420,framerate=30/1,width=" + std::to_string(EncodedVideo::kWidth) +
      ",height=" + std::to_string(EncodedVideo::kHeight) + " ! " + encoder +
      " ! tee name=t ! queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 "
      "! appsink name=pictures sync=false ";
  if (!payloader.empty()) {
    description += "t. ! queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 ! " + payloader +
                   " ! appsink name=packets sync=false";
  }
  GstElement* pipeline =
      gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, nullptr);
  if (!pipeline) return std::nullopt;
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  EncodedVideo video;
  pull_all(pipeline, "pictures", [&](GstBuffer* buffer) {
    video.pictures.push_back(
        {bytes_of(buffer), !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)});
  });
  pull_all(pipeline, "packets",
           [&](GstBuffer* buffer) { video.packets.push_back(packet_of(buffer)); });
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return video;
}

void packetize_av1(EncodedVideo& video, size_t most_bytes, bool with_counts) {
  uint16_t sequence = 65'530;
  uint32_t timestamp = 4'000'000'000;
  int64_t time_ns = 0;
  for (const EncodedVideo::Picture& picture : video.pictures) {
    std::vector<Bytes> units;
    for_each_obu(picture.bytes, [&](const Obu& obu) {
      Bytes& unit = units.emplace_back();
      unit.push_back(obu.header[0] & ~0x02);  // Without its size.
      unit.insert(unit.end(), obu.header.begin() + 1, obu.header.end());
      unit.insert(unit.end(), obu.payload.begin(), obu.payload.end());
    });
    std::vector<Part> parts;
    size_t room = most_bytes;
    const auto send = [&](bool marker) {
      Packet packet;
      packet.arrival_ns = time_ns;
      packet.sequence = sequence++;
      packet.timestamp = timestamp;
      packet.marker = marker;
      packet.payload = payload_of(parts, with_counts);
      video.packets.push_back(std::move(packet));
      parts.clear();
      room = most_bytes;
    };
    for (size_t i = 0; i < units.size(); ++i) {
      std::span<const uint8_t> rest = units[i];
      bool continues = false;
      while (!rest.empty()) {
        const size_t now = std::min(room, rest.size());
        parts.push_back({rest.first(now), continues, now < rest.size()});
        rest = rest.subspan(now);
        room -= now;
        continues = true;
        if (room == 0 || (i + 1 == units.size() && rest.empty())) {
          send(i + 1 == units.size() && rest.empty());
        }
      }
    }
    timestamp += 3000;
    time_ns += 1'000'000'000 / 30;
  }
}

Bytes without_delimiters(const Bytes& unit) {
  Bytes kept;
  for_each_obu(unit, [&](const Obu& obu) { append_obu(obu, kept); });
  return kept;
}

Bytes without_parameter_sets(const Bytes& picture) {
  Bytes kept;
  for (size_t at = 0; at + 4 < picture.size();) {
    const size_t size = size_t{picture[at]} << 24 | size_t{picture[at + 1]} << 16 |
                        size_t{picture[at + 2]} << 8 | picture[at + 3];
    const size_t end = std::min(picture.size(), at + 4 + size);
    const int type = picture[at + 4] & 31;
    const auto* begin = picture.data();
    if (type < 7 || type > 9) kept.insert(kept.end(), begin + at, begin + end);
    at = end;
  }
  return kept;
}

}  // namespace veche::recording::testing
