// SPDX-License-Identifier: Apache-2.0
// A pad that collects datagrams.
#include "agent_end.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace veche::media::test {
namespace {

AgentEnd::Bytes bytes_of(GstBuffer* buffer) {
  AgentEnd::Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

AgentEnd::AgentEnd() {
  gst_init(nullptr, nullptr);
  auto made = IceAgent::create();
  EXPECT_TRUE(made);
  agent_ = *made;
  agent_->serve({"candidate:1 1 UDP 1 192.0.2.1 4000 typ host"},
                [this](std::span<const uint8_t> datagram) {
                  const std::lock_guard lock(mutex_);
                  sent_.emplace_back(datagram.begin(), datagram.end());
                });
  pad_ = glib::sink(gst_pad_new("end", GST_PAD_SINK));
  gst_pad_set_element_private(pad_.get(), this);
  gst_pad_set_chain_function(pad_.get(), on_buffer);
  gst_pad_set_active(pad_.get(), TRUE);
  const auto source = glib::adopt(gst_element_get_static_pad(agent_->transport()->src, "src"));
  EXPECT_EQ(gst_pad_link(source.get(), pad_.get()), GST_PAD_LINK_OK);
  gst_element_set_state(agent_->transport()->src, GST_STATE_PLAYING);
  gst_element_set_state(agent_->transport()->sink, GST_STATE_PLAYING);
  g_signal_connect(agent_->transport(), "notify::state", G_CALLBACK(on_state), this);
}

AgentEnd::~AgentEnd() {
  g_signal_handlers_disconnect_by_data(agent_->transport(), this);
  gst_element_set_state(agent_->transport()->src, GST_STATE_NULL);
  gst_element_set_state(agent_->transport()->sink, GST_STATE_NULL);
  gst_pad_set_active(pad_.get(), FALSE);
}

GstFlowReturn AgentEnd::on_buffer(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto* self = static_cast<AgentEnd*>(gst_pad_get_element_private(pad));
  self->entered_.release();
  const std::lock_guard wait(self->blocking_);
  const std::lock_guard lock(self->mutex_);
  self->received_.push_back(bytes_of(buffer));
  gst_buffer_unref(buffer);
  self->arrived_.release();
  return GST_FLOW_OK;
}

void AgentEnd::on_state(GObject* transport, GParamSpec*, AgentEnd* self) {
  const std::lock_guard lock(self->mutex_);
  self->states_.push_back(GST_WEBRTC_ICE_TRANSPORT(transport)->state);
}

AgentEnd::Bytes AgentEnd::take() {
  arrived_.acquire();
  const std::lock_guard lock(mutex_);
  Bytes first = std::move(received_.front());
  received_.erase(received_.begin());
  return first;
}

size_t AgentEnd::waiting() {
  const std::lock_guard lock(mutex_);
  return received_.size();
}

void AgentEnd::block(bool blocks) {
  if (blocks) {
    blocking_.lock();
  } else {
    blocking_.unlock();
  }
}

std::vector<int> AgentEnd::states() {
  const std::lock_guard lock(mutex_);
  return states_;
}

void AgentEnd::send(const Bytes& datagram) {
  const auto pad = glib::adopt(gst_element_get_static_pad(agent_->transport()->sink, "sink"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_send_event(pad.get(), gst_event_new_stream_start("test"));
  gst_pad_send_event(pad.get(), gst_event_new_segment(&segment));
  EXPECT_EQ(gst_pad_chain(pad.get(), gst_buffer_new_memdup(datagram.data(), datagram.size())),
            GST_FLOW_OK);
}

std::vector<AgentEnd::Bytes> AgentEnd::sent() {
  const std::lock_guard lock(mutex_);
  return sent_;
}

}  // namespace veche::media::test
