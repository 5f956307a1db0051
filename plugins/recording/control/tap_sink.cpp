// SPDX-License-Identifier: Apache-2.0
// Reads RTP packets with GStreamer's library, which is hardened against hostile ones.
#include "recording/control/tap_sink.hpp"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>

#include <optional>
#include <utility>

namespace veche::recording {
namespace {

std::optional<uint8_t> read_level(GstRTPBuffer& rtp, uint32_t extension) {
  gpointer data = nullptr;
  guint size = 0;
  if (extension == 0 || extension > UINT8_MAX) return std::nullopt;
  const auto id = static_cast<guint8>(extension);
  guint8 bits = 0;
  const bool found = gst_rtp_buffer_get_extension_onebyte_header(&rtp, id, 0, &data, &size) ||
                     gst_rtp_buffer_get_extension_twobytes_header(&rtp, &bits, id, 0, &data, &size);
  if (!found || size == 0) return std::nullopt;
  return static_cast<uint8_t>(*static_cast<const uint8_t*>(data) & 0x7F);
}

std::optional<int64_t> read_capture(GstBuffer* buffer) {
  static GstCaps* const caps = gst_caps_new_empty_simple("timestamp/x-veche-capture");
  const auto* meta = gst_buffer_get_reference_timestamp_meta(buffer, caps);
  if (!meta) return std::nullopt;
  return static_cast<int64_t>(meta->timestamp);
}

/// Nothing for other packets than the track's: redundancy (RFC 2198), another layer.
std::optional<Packet> read_packet(GstBuffer* buffer, const TapSink::Header& header) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!GST_BUFFER_PTS_IS_VALID(buffer) || !gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp)) {
    return std::nullopt;
  }
  if (gst_rtp_buffer_get_payload_type(&rtp) != header.payload_type ||
      (header.ssrc != 0 && gst_rtp_buffer_get_ssrc(&rtp) != header.ssrc)) {
    gst_rtp_buffer_unmap(&rtp);
    return std::nullopt;
  }
  Packet packet;
  packet.ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  packet.arrival_ns = static_cast<int64_t>(GST_BUFFER_PTS(buffer));
  packet.capture_ns = read_capture(buffer);
  packet.timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  packet.sequence = gst_rtp_buffer_get_seq(&rtp);
  packet.marker = gst_rtp_buffer_get_marker(&rtp) != FALSE;
  packet.level = read_level(rtp, header.audio_level_extension);
  const auto* payload = static_cast<const uint8_t*>(gst_rtp_buffer_get_payload(&rtp));
  const guint size = gst_rtp_buffer_get_payload_len(&rtp);
  if (payload) packet.payload.assign(payload, payload + size);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

GstFlowReturn pull(GstAppSink* element, gpointer data) {
  GstSample* sample = gst_app_sink_pull_sample(element);
  if (!sample) return GST_FLOW_EOS;
  (*static_cast<std::shared_ptr<TapSink>*>(data))->on_sample(sample);
  gst_sample_unref(sample);
  return GST_FLOW_OK;
}

}  // namespace

TapSink::TapSink(TrackInfo info, const Header& header)
    : foreign_(std::make_shared<std::atomic<uint64_t>>(0)),
      info_([&] {
        info.foreign = foreign_;
        return std::move(info);
      }()),
      header_(header) {}

void TapSink::add(const std::shared_ptr<RecorderQueue>& queue) {
  // First, so that no packet overtakes it.
  queue->push(TrackBegins{info_});
  const std::lock_guard lock(mutex_);
  queues_.push_back(queue);
}

void TapSink::remove(const std::shared_ptr<RecorderQueue>& queue, uint64_t dropped) {
  const std::lock_guard lock(mutex_);
  if (std::erase(queues_, queue) > 0) queue->push(TrackEnds{info_.track, dropped, ""});
}

void TapSink::close(uint64_t dropped, const std::string& why) {
  const std::lock_guard lock(mutex_);
  for (const auto& queue : queues_) queue->push(TrackEnds{info_.track, dropped, why});
  queues_.clear();
}

bool TapSink::is_unused() const {
  const std::lock_guard lock(mutex_);
  return queues_.empty();
}

void TapSink::on_sample(GstSample* sample) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  std::optional<Packet> packet = buffer ? read_packet(buffer, header_) : std::nullopt;
  if (!packet) {
    foreign_->fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < queues_.size(); ++i) {
    const bool is_last = i + 1 == queues_.size();
    queues_[i]->push(TrackPacket{info_.track, is_last ? std::move(*packet) : *packet});
  }
}

GstElement* make_tap_element(std::shared_ptr<TapSink> sink) {
  GstElement* element = gst_element_factory_make("appsink", nullptr);
  if (!element) return nullptr;
  // Timestamps are in the past, so the sink must not wait for its clock.
  g_object_set(element, "sync", FALSE, "async", FALSE, "emit-signals", FALSE, nullptr);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = pull;
  auto* held = new std::shared_ptr<TapSink>(std::move(sink));
  gst_app_sink_set_callbacks(GST_APP_SINK(element), &callbacks, held, [](gpointer data) {
    delete static_cast<std::shared_ptr<TapSink>*>(data);
  });
  return element;
}

}  // namespace veche::recording
