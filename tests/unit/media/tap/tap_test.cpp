// SPDX-License-Identifier: Apache-2.0
// Taps without a network: the cost of a copy, the caps, and taps that end while they start.
#include <gmock/gmock.h>

#include <atomic>
#include <deque>

#include "../../allocations.hpp"
#include "../../run_loop.hpp"
#include "base/time.hpp"
#include "glib/signal.hpp"
#include "media/lane/ingress.hpp"
#include "media/tap/tap_caps.hpp"
#include "media/tap/taps.hpp"

namespace veche::media {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kSsrc = 7;
constexpr uint8_t kPayloadType = 111;

TrackInfo voice(TrackId track) {
  TrackInfo info;
  info.track = track;
  info.room = "lobby";
  info.participant = "ada";
  info.codec = sdp::opus(kPayloadType);
  return info;
}

std::vector<uint8_t> packet_of(uint16_t sequence, uint8_t ssrc = kSsrc) {
  std::vector<uint8_t> packet{0x80, kPayloadType, static_cast<uint8_t>(sequence >> 8),
                              static_cast<uint8_t>(sequence)};
  packet.resize(100);
  packet[11] = ssrc;
  return packet;
}

TEST(TapCaps, SayWhichHeaderExtensionsThePacketsHave) {
  TrackInfo info = voice(TrackId::next());
  info.extensions = {.mid = 4, .audio_level = 1};
  glib::Ref<GstCaps> caps = tap_caps(info);
  const GstStructure* fields = gst_caps_get_structure(caps.get(), 0);
  EXPECT_STREQ(gst_structure_get_string(fields, "extmap-4"), sdp::kMidUri);
  EXPECT_STREQ(gst_structure_get_string(fields, "extmap-1"), sdp::kAudioLevelUri);
  EXPECT_FALSE(gst_structure_has_field(fields, "extmap-0")) << "transport-cc is not offered";

  info.extensions.audio_level_uri_attributes = "vad=on";
  caps = tap_caps(info);
  const GValue* level = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "extmap-1");
  ASSERT_TRUE(GST_VALUE_HOLDS_ARRAY(level));
  ASSERT_EQ(gst_value_array_get_size(level), 3u);
  EXPECT_STREQ(g_value_get_string(gst_value_array_get_value(level, 1)), sdp::kAudioLevelUri);
  EXPECT_STREQ(g_value_get_string(gst_value_array_get_value(level, 2)), "vad=on");
}

TEST(TapCaps, SayWhatDepayloadersAskFor) {
  TrackInfo info = voice(TrackId::next());
  info.ssrc = 42;
  info.codec.fmtp = "minptime=10; UseInbandFEC=1;payload=3;odd;=";
  const glib::Ref<GstCaps> caps = tap_caps(info);
  const glib::Ref<GstCaps> expected = glib::adopt(gst_caps_from_string(
      "application/x-rtp, media=audio, encoding-name=OPUS, clock-rate=48000, payload=111, "
      "encoding-params=(string)2, ssrc=(uint)42, minptime=(string)10, useinbandfec=(string)1"));
  EXPECT_TRUE(gst_caps_is_equal(caps.get(), expected.get()));
}

/// Takes tracks into a fakesink, and records the calls.
class Listener : public TrackTap {
 public:
  enum class Give { Sink, StandingSink, Nothing, Error };

  std::string name() const override { return "test"; }
  Result<glib::Ref<GstElement>> open(const TrackInfo& track) override {
    offered.push_back(track.track);
    if (give == Give::Nothing) return glib::Ref<GstElement>();
    if (give == Give::Error) return internal("open threw an exception");
    auto sink = glib::sink(gst_element_factory_make("fakesink", nullptr));
    ++elements;
    g_object_weak_ref(
        G_OBJECT(sink.get()),
        [](gpointer data, GObject*) { static_cast<Listener*>(data)->elements -= 1; }, this);
    const auto pad = glib::adopt(gst_element_get_static_pad(sink.get(), "sink"));
    probes.emplace_back(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
          auto& self = *static_cast<Listener*>(data);
          uint8_t bytes[12] = {};
          gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, bytes, sizeof bytes);
          self.newest_sequence = bytes[2] << 8 | bytes[3];
          if (bytes[11] != kSsrc) ++self.strange;
          if ((bytes[1] & 0x80) != 0) ++self.markers;
          self.buffers.fetch_add(1);
          return GST_PAD_PROBE_OK;
        },
        this);
    if (give == Give::StandingSink) {
      probes.emplace_back(
          pad.get(), static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM),
          [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr);
    }
    return sink;
  }
  void closed(TrackId track, const Status& status, uint64_t dropped) override {
    ended.push_back(track);
    EXPECT_EQ(elements, 0) << "the element is gone by now";
    reason = status ? "" : status.error().message;
    dropped_total += dropped;
  }
  void released() override { is_released = true; }

  Give give = Give::Sink;
  std::vector<TrackId> offered, ended;
  std::string reason;
  uint64_t dropped_total = 0;
  bool is_released = false;
  std::atomic<int> buffers{0}, newest_sequence{0};
  std::atomic<int> strange{0};  ///< Of another SSRC.
  std::atomic<int> markers{0};
  std::atomic<int> elements{0};  ///< Not yet freed; at most one at a time here.
  std::deque<glib::PadProbe> probes;
};

class TapsTest : public testing::Test {
 protected:
  TapsTest() : returns_(loop_) {
    auto bell = Doorbell::open();
    EXPECT_TRUE(bell) << bell.error().message;
    lanes_.push_back(std::make_unique<Lane>(0, lanes_, loop_, returns_, std::move(*bell)));
    const TrackRates unlimited{.packets_per_s = 1'000'000'000, .bitrate_bps = 4'000'000'000};
    std::vector<IngressTrack> tracks{{feed_, "0", {kSsrc}, kPayloadType, 0, 0, 48000, unlimited}};
    ingress_ = std::make_unique<Ingress>(std::move(tracks), room_, *lanes_[0], lanes_, [] {});
    ingress_->accept();
  }
  ~TapsTest() override { taps_.finish(); }

  template <class Condition>
  bool run_until(Condition condition) {
    const glib::Timer wake = loop_.every(2, [] {});
    return test::run_loop_until(loop_, condition);
  }
  void receive(uint16_t sequence) { ingress_->handle(packet_of(sequence), monotonic_ns()); }
  void publish() { taps_.publish(voice(feed_->id), feed_); }

  glib::ControlLoop loop_;
  CommandReturns returns_;
  Lanes lanes_;
  const std::shared_ptr<RoomFeed> room_ = std::make_shared<RoomFeed>(RoomId::next());
  const std::shared_ptr<TrackFeed> feed_ =
      std::make_shared<TrackFeed>(ParticipantId::next(), 1, sdp::MediaKind::Audio, false);
  std::unique_ptr<Ingress> ingress_;
  Listener listener_, second_;
  Taps taps_{loop_};
};

TEST_F(TapsTest, ACopyAllocatesNothingAndATrackWithoutTapsIsNotCopied) {
  taps_.use(listener_);
  const auto packet = packet_of(1);
  EXPECT_EQ(feed_->tap.load(), nullptr);
  publish();
  ASSERT_NE(feed_->tap.load(), nullptr);
  const int64_t now_ns = monotonic_ns();
  ingress_->handle(packet, now_ns);  // Learns the SSRC.
  const int before = veche::test::allocations();
  for (int i = 0; i < 1000; ++i) ingress_->handle(packet, now_ns + i * 1000);
  EXPECT_EQ(veche::test::allocations(), before);
  taps_.unpublish(feed_->id);
  ASSERT_TRUE(run_until([&] { return listener_.ended.size() == 1; }));
  EXPECT_EQ(feed_->tap.load(), nullptr);
  EXPECT_EQ(static_cast<uint64_t>(listener_.buffers) + listener_.dropped_total, 1001u);
  taps_.release(listener_);
  ASSERT_TRUE(run_until([&] { return listener_.is_released; }));
}

TEST_F(TapsTest, WhatComesWhileTheElementStartsIsNotLost) {
  taps_.use(listener_);
  publish();
  for (uint16_t i = 1; i <= 100; ++i) receive(i);  // The element starts on another thread.
  taps_.unpublish(feed_->id);
  ASSERT_TRUE(run_until([&] { return listener_.ended.size() == 1; }));
  EXPECT_EQ(listener_.buffers, 100);
  EXPECT_EQ(listener_.newest_sequence, 100);
  EXPECT_EQ(listener_.dropped_total, 0u);
}

TEST_F(TapsTest, ATrackIsOneStreamWhateverSsrcsItsClientUses) {
  taps_.use(listener_);
  publish();
  for (uint16_t i = 1; i <= 20; ++i) receive(i);
  for (uint16_t i = 1; i <= 20; ++i) {
    ingress_->handle(packet_of(static_cast<uint16_t>(50'000 + i), 9), monotonic_ns());
  }
  taps_.unpublish(feed_->id);
  ASSERT_TRUE(run_until([&] { return listener_.ended.size() == 1; }));
  EXPECT_EQ(listener_.buffers, 40);
  EXPECT_EQ(listener_.newest_sequence, 40);
  EXPECT_EQ(listener_.strange, 0) << "a recording knows the SSRC of the caps";
  EXPECT_EQ(listener_.markers, 1) << "where the other begins";
}

TEST_F(TapsTest, SeveralMayTapATrackAndEachEndsAlone) {
  taps_.use(listener_);
  taps_.use(second_);
  publish();
  for (uint16_t i = 1; i <= 10; ++i) receive(i);
  ASSERT_TRUE(run_until([&] { return listener_.buffers == 10 && second_.buffers == 10; }));
  ASSERT_TRUE(taps_.close(listener_, feed_->id));
  EXPECT_FALSE(taps_.open(listener_, feed_->id));
  ASSERT_TRUE(run_until([&] { return listener_.ended.size() == 1; }));
  for (uint16_t i = 11; i <= 20; ++i) receive(i);
  ASSERT_TRUE(run_until([&] { return second_.buffers == 20; }));
  EXPECT_EQ(listener_.buffers, 10);
  EXPECT_TRUE(second_.ended.empty());
  EXPECT_TRUE(taps_.open(listener_, feed_->id));
  taps_.finish();
  EXPECT_TRUE(listener_.is_released && second_.is_released);
  EXPECT_EQ(listener_.ended.size(), 2u);
}

TEST_F(TapsTest, ATapThatStandsStillHoldsUpNoOtherAndKeepsTheNewestPackets) {
  listener_.give = Listener::Give::StandingSink;
  taps_.use(listener_);
  taps_.use(second_);
  publish();
  for (uint16_t i = 1; i <= 1000; ++i) {
    receive(i);
    ASSERT_TRUE(i % 100 != 0 || run_until([&] { return second_.buffers == i; }));
  }
  EXPECT_EQ(listener_.buffers, 0);
  listener_.probes.clear();  // The pipeline continues without being counted.
  taps_.finish();
  EXPECT_EQ(listener_.dropped_total, 1000 - TapPipeline::kMaxAudioPackets);
  EXPECT_EQ(second_.dropped_total, 0u);
}

TEST_F(TapsTest, WhoDeclinesIsNotToldOfAnEndAndWhoFailsIs) {
  Listener &declining = listener_, &failing = second_;
  declining.give = Listener::Give::Nothing;
  failing.give = Listener::Give::Error;
  publish();
  taps_.use(declining);
  taps_.use(failing);
  EXPECT_THAT(failing.offered, ElementsAre(feed_->id));
  EXPECT_TRUE(failing.ended.empty());
  ASSERT_TRUE(run_until([&] { return failing.ended.size() == 1; }));
  EXPECT_EQ(failing.reason, "open threw an exception");
  taps_.finish();
  EXPECT_TRUE(declining.ended.empty());
  EXPECT_TRUE(declining.is_released);
}

TEST_F(TapsTest, AFullInboxIsCountedAsDropped) {
  publish();
  taps_.use(listener_);
  // The feeder needs longer for a packet than this thread.
  const auto packet = packet_of(1);
  uint64_t packets = 0;
  while (feed_->tap_dropped.value() == 0 && packets < 10'000'000) {
    ingress_->handle(packet, 1000 * static_cast<int64_t>(++packets));
  }
  EXPECT_GT(feed_->tap_dropped.value(), 0u);
  taps_.unpublish(feed_->id);
  ASSERT_TRUE(run_until([&] { return listener_.ended.size() == 1; }));
  EXPECT_EQ(static_cast<uint64_t>(listener_.buffers) + listener_.dropped_total, packets);
}

}  // namespace
}  // namespace veche::media

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
