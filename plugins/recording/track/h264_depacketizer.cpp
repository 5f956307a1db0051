// SPDX-License-Identifier: Apache-2.0
// Access units into h264parse.
#include "recording/track/h264_depacketizer.hpp"

#include <glib.h>

#include <algorithm>
#include <memory>

namespace veche::recording {
namespace {

CapsPtr caps(const char* text) { return CapsPtr(gst_caps_from_string(text)); }

/// The value of sprop-parameter-sets (RFC 6184 section 8.1); "" if it is not there.
std::string parameter_sets(const std::string& fmtp) {
  const std::string name = "sprop-parameter-sets=";
  const size_t found = fmtp.find(name);
  if (found == std::string::npos) return {};
  const size_t begin = found + name.size();
  return fmtp.substr(begin, fmtp.find_first_of("; ", begin) - begin);
}

}  // namespace

H264Depacketizer::H264Depacketizer(const std::string& fmtp)
    : GstDepacketizer(
          {Codec::H264,
           "H.264",
           {"h264parse"},
           caps("video/x-h264, stream-format=(string)byte-stream, alignment=(string)au"),
           caps("video/x-h264, stream-format=(string)avc, alignment=(string)au")}) {
  // They go before the first access unit.
  const std::string sets = parameter_sets(fmtp);
  for (size_t begin = 0; begin < sets.size();) {
    const size_t end = std::min(sets.find(',', begin), sets.size());
    gsize size = 0;
    const std::unique_ptr<guchar, decltype(&g_free)> set(
        g_base64_decode(sets.substr(begin, end - begin).c_str(), &size), g_free);
    if (!assembler_.push({set.get(), size})) ++refused_.malformed;
    begin = end + 1;
  }
}

void H264Depacketizer::push(const Packet& packet, int64_t time_ns, uint64_t lost,
                            std::vector<Frame>& out) {
  if (lost > 0) {
    note_loss();
    assembler_.lose();
  }
  // The packet with the marker is missing.
  if (is_next_frame(packet) && !assembler_.is_empty()) finish(unit_time_ns_, out);
  unit_time_ns_ = time_of(packet, time_ns);
  if (!assembler_.push(packet.payload)) ++refused_.malformed;
  if (packet.marker) finish(unit_time_ns_, out);
}

void H264Depacketizer::finish(int64_t time_ns, std::vector<Frame>& out) {
  const bool is_damaged = assembler_.is_damaged();
  const std::vector<uint8_t> unit = assembler_.take();
  const size_t before = out.size();
  if (!unit.empty()) {
    GstBuffer* buffer = gst_buffer_new_memdup(unit.data(), unit.size());
    GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(time_ns);
    feed(buffer, out);
  }
  if (is_damaged || out.size() == before) count_missing();
}

}  // namespace veche::recording
