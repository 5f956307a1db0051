// SPDX-License-Identifier: Apache-2.0
// Real encoders' pictures leave the depacketizers byte for byte.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "encoded_video.hpp"
#include "recording/track/depacketizer.hpp"
#include "recording/track/reorder_buffer.hpp"

namespace veche::recording {
namespace {

using testing::EncodedVideo;
using Bytes = std::vector<uint8_t>;

struct Way {
  const char *name, *codec, *encoder, *payloader;
  size_t av1_bytes = 0;  ///< Of a packet, where the test makes them.
  bool av1_counts = false;
  bool has_private = false;
  Bytes (*compared)(const Bytes&) = [](const Bytes& bytes) { return bytes; };
};

constexpr const char* kAv1 =
    "av1enc cpu-used=8 usage-profile=realtime lag-in-frames=0 keyframe-max-dist=15 "
    "! av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu";

const Way kWays[] = {
    {"vp8", "vp8", "vp8enc deadline=1 keyframe-max-dist=15", "rtpvp8pay mtu=300"},
    {"vp8_with_picture_ids", "vp8", "vp8enc deadline=1 keyframe-max-dist=15",
     "rtpvp8pay mtu=1200 picture-id-mode=15-bit"},
    {"vp9", "vp9", "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=15 lag-in-frames=0",
     "rtpvp9pay mtu=300"},
    {.name = "h264",
     .codec = "h264",
     .encoder = "openh264enc gop-size=15 ! h264parse "
                "! video/x-h264,stream-format=avc,alignment=au",
     .payloader = "rtph264pay mtu=300 config-interval=-1 aggregate-mode=zero-latency",
     .has_private = true,
     .compared = testing::without_parameter_sets},
    {.name = "av1_in_fragments",
     .codec = "av1",
     .encoder = kAv1,
     .payloader = "",
     .av1_bytes = 100,
     .has_private = true,
     .compared = testing::without_delimiters},
    {.name = "av1_with_counts",
     .codec = "av1",
     .encoder = kAv1,
     .payloader = "",
     .av1_bytes = 1100,
     .av1_counts = true,
     .has_private = true,
     .compared = testing::without_delimiters},
};

class VideoDepacketizer : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    // One encoding serves all tests.
    static std::map<std::string, std::optional<EncodedVideo>> encoded;
    auto& kept = encoded[GetParam().name];
    if (!kept) kept = testing::encode_video(GetParam().encoder, GetParam().payloader);
    if (!kept) GTEST_SKIP() << "an element of " << GetParam().encoder << " is missing";
    video_ = *kept;
    if (GetParam().av1_bytes > 0) {
      testing::packetize_av1(video_, GetParam().av1_bytes, GetParam().av1_counts);
    }
    ASSERT_EQ(video_.pictures.size(), size_t{EncodedVideo::kFrames});
    depacketizer_ = make_depacketizer(GetParam().codec, "", 90'000, 0);
    ASSERT_TRUE(depacketizer_);
  }

  /// `keeps`: whether a packet arrives.
  std::vector<Frame> receive(const std::function<bool(size_t)>& keeps) {
    std::vector<Frame> frames;
    ReorderBuffer order;
    for (size_t i = 0; i < video_.packets.size(); ++i) {
      if (!keeps(i)) continue;
      order.push(Packet(video_.packets[i]));
      drain(order, video_.packets[i].arrival_ns, frames);
    }
    drain(order, INT64_MAX, frames);
    return frames;
  }
  void drain(ReorderBuffer& order, int64_t now_ns, std::vector<Frame>& frames) {
    while (const auto next = order.pop(now_ns)) {
      depacketizer_->push(next->packet, next->packet.arrival_ns, next->lost, frames);
    }
  }
  Bytes compared(const Bytes& bytes) const { return GetParam().compared(bytes); }
  int64_t time_ns(size_t picture) const { return int64_t(picture) * 1'000'000'000 / 30; }

  EncodedVideo video_;
  std::unique_ptr<Depacketizer> depacketizer_;
};

TEST_P(VideoDepacketizer, GivesTheEncodersPictures) {
  const std::vector<Frame> frames = receive([](size_t) { return true; });
  ASSERT_EQ(frames.size(), video_.pictures.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(compared(frames[i].bytes), compared(video_.pictures[i].bytes));
    EXPECT_EQ(frames[i].key, video_.pictures[i].key);
    EXPECT_NEAR(double(frames[i].time_ns), double(time_ns(i)), 1000);
  }
  EXPECT_EQ(std::count_if(frames.begin(), frames.end(), [](const Frame& f) { return f.key; }), 3);
  EXPECT_EQ(depacketizer_->refused(), Depacketizer::Refused{});
}

TEST_P(VideoDepacketizer, SaysItsFormatWithTheFirstKeyFrame) {
  EXPECT_EQ(depacketizer_->format(), nullptr);
  receive([](size_t) { return true; });
  const Format* format = depacketizer_->format();
  ASSERT_NE(format, nullptr);
  EXPECT_EQ(format->width, uint32_t{EncodedVideo::kWidth});
  EXPECT_EQ(format->height, uint32_t{EncodedVideo::kHeight});
  EXPECT_EQ(format->channels, 0U);
  EXPECT_EQ(!format->codec_private.empty(), GetParam().has_private);
}

TEST_P(VideoDepacketizer, BeginsWithAKeyFrame) {
  // The first key frame's first packet is missing.
  const std::vector<Frame> frames = receive([](size_t i) { return i > 0; });
  ASSERT_FALSE(frames.empty());
  EXPECT_TRUE(frames[0].key);
  EXPECT_EQ(compared(frames[0].bytes), compared(video_.pictures[EncodedVideo::kKeyEvery].bytes));
  EXPECT_EQ(frames.size(), size_t{EncodedVideo::kFrames - EncodedVideo::kKeyEvery});
  EXPECT_GT(depacketizer_->refused().left_out + depacketizer_->refused().incomplete, 0U);
}

TEST_P(VideoDepacketizer, GivesWhatIsWholeAfterLoss) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    depacketizer_ = make_depacketizer(GetParam().codec, "", 90'000, 0);
    std::mt19937 random(seed);
    std::vector<bool> whole(video_.pictures.size(), true);
    std::vector<bool> keeps;
    size_t picture = 0;
    for (const Packet& packet : video_.packets) {
      // The first key frame must come.
      keeps.push_back(picture == 0 || random() % 20 != 0);
      if (!keeps.back()) whole[picture] = false;
      if (packet.marker) ++picture;
    }
    const std::vector<Frame> frames = receive([&](size_t i) { return keeps[i]; });
    std::map<int64_t, const Frame*> by_picture;
    for (const Frame& frame : frames) {
      by_picture[(frame.time_ns + 1'000'000) * 30 / 1'000'000'000] = &frame;
    }
    size_t missing = 0;
    for (size_t i = 0; i < whole.size(); ++i) {
      if (!whole[i]) continue;
      const auto found = by_picture.find(int64_t(i));
      if (found == by_picture.end() ||
          compared(found->second->bytes) != compared(video_.pictures[i].bytes)) {
        ++missing;
      }
    }
    // After the lost end of a picture a depayloader may drop the beginning of the next one.
    EXPECT_LE(missing, size_t(std::count(whole.begin(), whole.end(), false)));
    EXPECT_TRUE(std::is_sorted(frames.begin(), frames.end(), [](const Frame& a, const Frame& b) {
      return a.time_ns < b.time_ns;
    }));
  }
}

TEST_P(VideoDepacketizer, SurvivesBrokenPackets) {
  std::mt19937 random(11);
  std::vector<Frame> frames;
  for (int round = 0; round < 20; ++round) {
    for (Packet packet : video_.packets) {
      if (random() % 4 == 0 && !packet.payload.empty()) {
        packet.payload[random() % packet.payload.size()] = static_cast<uint8_t>(random());
      }
      if (random() % 20 == 0) packet.payload.resize(random() % (packet.payload.size() + 1));
      depacketizer_->push(packet, packet.arrival_ns, random() % 50 == 0 ? random() % 5 : 0, frames);
    }
  }
  EXPECT_FALSE(frames.empty());
}

INSTANTIATE_TEST_SUITE_P(Codecs, VideoDepacketizer, ::testing::ValuesIn(kWays),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(MakeDepacketizer, KnowsWhatItCannotRecord) {
  EXPECT_TRUE(make_depacketizer("opus", "minptime=10", 48'000, 2));
  EXPECT_FALSE(make_depacketizer("opus", "", 8'000, 1));
  EXPECT_FALSE(make_depacketizer("pcmu", "", 8'000, 1));
  EXPECT_FALSE(make_depacketizer("h265", "", 90'000, 0));
}

TEST(MakeDepacketizer, TakesParameterSetsFromTheOffer) {
  gst_init(nullptr, nullptr);
  const auto h264 = make_depacketizer(
      "h264",
      "packetization-mode=1; sprop-parameter-sets=Z0LAH9oBQBboQAAAAwBAAAAMg8YMqA==,aM48gA==",
      90'000, 0);
  ASSERT_TRUE(h264);
  EXPECT_TRUE(make_depacketizer("h264", "sprop-parameter-sets=\x01\xff", 90'000, 0));
}

}  // namespace
}  // namespace veche::recording
