// SPDX-License-Identifier: Apache-2.0
// Takes frames and formats from the last element.
#include "recording/track/gst_depacketizer.hpp"

#include <algorithm>
#include <utility>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

uint32_t size_field(const GstStructure* fields, const char* name) {
  gint value = 0;
  return gst_structure_get_int(fields, name, &value) && value > 0 ? static_cast<uint32_t>(value)
                                                                  : 0;
}

std::vector<uint8_t> bytes_of(GstBuffer* buffer) {
  std::vector<uint8_t> bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

GstDepacketizer::GstDepacketizer(Recipe recipe)
    : Depacketizer(kShortestVideoGapNs),
      codec_(recipe.codec),
      name_(recipe.name),
      chain_(recipe.elements, std::move(recipe.input), std::move(recipe.accepted),
             {.caps = [this](GstCaps* caps) { on_caps(caps); },
              .buffer = [this](GstBuffer* buffer) { on_frame(buffer); }}) {}

int64_t GstDepacketizer::time_of(const Packet& packet, int64_t time_ns) {
  if (!is_started_ || packet.timestamp != timestamp_) {
    // Frames captured before the recording began are needed to decode those that follow.
    time_ns_ = std::max({time_ns, time_ns_, int64_t{0}});
    timestamp_ = packet.timestamp;
    is_started_ = true;
  }
  return time_ns_;
}

void GstDepacketizer::feed(GstBuffer* buffer, std::vector<Frame>& out) {
  out_ = &out;
  const GstFlowReturn flow = chain_.push(buffer);
  out_ = nullptr;
  if (flow == GST_FLOW_OK) return;
  throw Failure(VECHE_E_INTERNAL, std::string("GStreamer cannot read the track's ") + name_ + " (" +
                                      gst_flow_get_name(flow) +
                                      "): the sender's packets do not fit the codec");
}

void GstDepacketizer::on_caps(GstCaps* caps) {
  const GstStructure* fields = gst_caps_get_structure(caps, 0);
  Format format{.codec = codec_,
                .width = size_field(fields, "width"),
                .height = size_field(fields, "height")};
  const GValue* data = gst_structure_get_value(fields, "codec_data");
  if (data && GST_VALUE_HOLDS_BUFFER(data)) {
    format.codec_private = bytes_of(gst_value_get_buffer(data));
  }
  // Before a key frame the size is not known.
  if (format.width > 0 && format.height > 0) format_ = std::move(format);
}

void GstDepacketizer::on_frame(GstBuffer* buffer) {
  const bool is_key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  has_key_ = has_key_ || (is_key && format_);
  if (!out_ || !has_key_) return;
  const int64_t time_ns =
      GST_BUFFER_PTS_IS_VALID(buffer) ? static_cast<int64_t>(GST_BUFFER_PTS(buffer)) : time_ns_;
  gaps_.add_data(time_ns, time_ns, std::exchange(is_after_loss_, false));
  out_->push_back({.time_ns = time_ns, .key = is_key, .bytes = bytes_of(buffer)});
}

}  // namespace veche::recording
