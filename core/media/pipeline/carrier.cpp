// SPDX-License-Identifier: Apache-2.0
// Pushes pooled buffers through the carrier pad.
#include "media/pipeline/carrier.hpp"

#include "rtp/history.hpp"

namespace veche::media {
namespace {

/// What a lane writes; rtpsession makes its own room for header extensions that it adds.
constexpr guint kBufferSize = rtp::kMaxPacketSize + 64;

}  // namespace

Result<std::unique_ptr<Carrier>> Carrier::create(GstPad* sink, GstCaps* caps, size_t slot_count) {
  glib::Ref<GstPad> pad = glib::sink(gst_pad_new("carrier", GST_PAD_SRC));
  // The pad belongs to no element, so the check of the hierarchy would refuse it.
  const GstPadLinkReturn linked = gst_pad_link_full(pad.get(), sink, GST_PAD_LINK_CHECK_NOTHING);
  if (linked != GST_PAD_LINK_OK) return internal("the carrier cannot be linked to rtpbin");
  gst_pad_set_active(pad.get(), TRUE);

  glib::Ref<GstBufferPool> pool = glib::adopt(gst_buffer_pool_new());
  GstStructure* config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, caps, kBufferSize, 4, 0);
  if (!gst_buffer_pool_set_config(pool.get(), config) ||
      !gst_buffer_pool_set_active(pool.get(), TRUE)) {
    return internal("the buffer pool of outgoing packets cannot be set up");
  }
  return std::unique_ptr<Carrier>(
      new Carrier(std::move(pad), std::move(pool), glib::share(caps), slot_count));
}

Carrier::Carrier(glib::Ref<GstPad> pad, glib::Ref<GstBufferPool> pool, glib::Ref<GstCaps> caps,
                 size_t slot_count)
    : Path(slot_count), pad_(std::move(pad)), pool_(std::move(pool)), caps_(std::move(caps)) {}

Carrier::~Carrier() {
  give_back();
  gst_pad_set_active(pad_.get(), FALSE);
  const glib::Ref<GstPad> peer = glib::adopt(gst_pad_get_peer(pad_.get()));
  if (peer) gst_pad_unlink(pad_.get(), peer.get());
  gst_buffer_pool_set_active(pool_.get(), FALSE);
}

Status Carrier::open() {
  const glib::Ref<GstPad> peer = glib::adopt(gst_pad_get_peer(pad_.get()));
  const glib::Ref<GstElement> element =
      glib::adopt(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
  if (!element) return internal("the carrier has lost its rtpbin");
  clock_ = glib::adopt(gst_element_get_clock(element.get()));
  base_time_ns_ = static_cast<int64_t>(gst_element_get_base_time(element.get()));
  if (!clock_) return internal("the pipeline has no clock");

  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  const bool opened = gst_pad_push_event(pad_.get(), gst_event_new_stream_start("carrier")) &&
                      gst_pad_push_event(pad_.get(), gst_event_new_caps(caps_.get())) &&
                      gst_pad_push_event(pad_.get(), gst_event_new_segment(&segment));
  if (!opened) return internal("rtpbin refuses the events that begin the stream");
  return Ok{};
}

std::span<uint8_t> Carrier::begin(size_t size) noexcept {
  give_back();
  if (size > kBufferSize ||
      gst_buffer_pool_acquire_buffer(pool_.get(), &buffer_, nullptr) != GST_FLOW_OK) {
    buffer_ = nullptr;
    failures.add();
    return {};
  }
  if (!gst_buffer_map(buffer_, &map_, GST_MAP_WRITE)) {
    gst_buffer_unref(buffer_);
    buffer_ = nullptr;
    failures.add();
    return {};
  }
  return {map_.data, map_.size};
}

void Carrier::send(const rtp::PacketView& packet, size_t slot, int64_t, int64_t now_ns) noexcept {
  if (!buffer_) return;
  headers.rtp(packet.bytes(), now_ns);
  const size_t size = packet.bytes().size();
  GstBuffer* buffer = std::exchange(buffer_, nullptr);
  gst_buffer_unmap(buffer, &map_);
  gst_buffer_set_size(buffer, static_cast<gssize>(size));
  // The running time of now: sender reports relate RTP to wall-clock time by it.
  const auto time_ns = static_cast<int64_t>(gst_clock_get_time(clock_.get()));
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(time_ns - base_time_ns_);
  if (gst_pad_push(pad_.get(), buffer) == GST_FLOW_OK) {
    count(size, slot);
  } else {
    failures.add();
  }
}

void Carrier::give_back() noexcept {
  if (!buffer_) return;
  gst_buffer_unmap(buffer_, &map_);
  gst_buffer_unref(buffer_);
  buffer_ = nullptr;
}

}  // namespace veche::media
