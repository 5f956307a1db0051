// SPDX-License-Identifier: Apache-2.0
// A tap's packets reach the recordings, and what is not the track's is counted.
#include "recording/control/tap_sink.hpp"

#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

namespace veche::recording {
namespace {

class TapSinkTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  void send(TapSink& sink, guint8 payload_type, guint32 ssrc) {
    GstBuffer* buffer = gst_rtp_buffer_new_allocate(10, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(buffer, GST_MAP_WRITE, &rtp);
    gst_rtp_buffer_set_payload_type(&rtp, payload_type);
    gst_rtp_buffer_set_ssrc(&rtp, ssrc);
    gst_rtp_buffer_unmap(&rtp);
    GST_BUFFER_PTS(buffer) = 5;
    GstSample* sample = gst_sample_new(buffer, nullptr, nullptr, nullptr);
    sink.on_sample(sample);
    gst_sample_unref(sample);
    gst_buffer_unref(buffer);
  }
  /// The SSRCs of the packets that the recording got.
  std::vector<uint32_t> received() {
    std::vector<uint32_t> ssrcs;
    for (const QueueItem& item : queue_->take(0).items) {
      if (const auto* packet = std::get_if<TrackPacket>(&item)) {
        ssrcs.push_back(packet->packet.ssrc);
      }
    }
    return ssrcs;
  }
  const std::shared_ptr<RecorderQueue> queue_ = std::make_shared<RecorderQueue>(1 << 20);
};

TEST_F(TapSinkTest, PassesEverySourceOfAMicrophoneAndCountsOtherPayloadTypes) {
  TapSink sink({.track = 1, .kind = "audio"}, {.payload_type = 111});
  sink.add(queue_);
  send(sink, 111, 7);
  send(sink, 63, 7);  // Redundancy.
  send(sink, 111, 8);
  EXPECT_EQ(received(), (std::vector<uint32_t>{7, 8}));
  EXPECT_EQ(sink.info().foreign->load(), 1U);
}

TEST_F(TapSinkTest, CountsOtherLayersOfAPicture) {
  TapSink sink({.track = 1, .kind = "video"}, {.payload_type = 96, .ssrc = 7});
  sink.add(queue_);
  send(sink, 96, 7);
  send(sink, 96, 8);
  EXPECT_EQ(received(), std::vector<uint32_t>{7});
  EXPECT_EQ(sink.info().foreign->load(), 1U);
}

TEST_F(TapSinkTest, SaysWhyItEnds) {
  TapSink sink({.track = 1}, {});
  sink.add(queue_);
  sink.close(3, "the element failed");
  const RecorderQueue::Batch batch = queue_->take(0);
  const auto& ends = std::get<TrackEnds>(batch.items.at(1));
  EXPECT_EQ(ends.dropped, 3U);
  EXPECT_EQ(ends.why, "the element failed");
  EXPECT_TRUE(sink.is_unused());
}

}  // namespace
}  // namespace veche::recording
