// SPDX-License-Identifier: Apache-2.0
// Tests of the SDP profile on the offers of real clients, unchanged and randomly damaged.
#include <gst/sdp/sdp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <vector>

#include "../repetitions.hpp"
#include "sdp/profile.hpp"

namespace veche::sdp {
namespace {

using test::repetitions;

const std::map<SectionUse, std::string> kUses = {{SectionUse::Refused, "refused"},
                                                 {SectionUse::Track, "track"},
                                                 {SectionUse::Slot, "slot"},
                                                 {SectionUse::TrackAndSlot, "both"}};

/// Per section: use, payload type, ids of MID, audio level and transport-cc, number of SSRCs.
struct Sample {
  std::string name, summary;
};

const Sample kSamples[] = {
    {"chromium", "track 111 4,1,3 1|slot 111 4,1,3 0|slot 111 4,1,3 0|slot 111 4,1,3 0|"},
    {"chromium-video-data",
     "both 111 4,1,3 1|refused|slot 111 4,1,3 0|slot 111 4,1,3 0|refused|refused|"},
    {"chromium-max-bundle", "slot 111 4,1,3 0|slot 111 4,1,3 0|track 111 4,1,3 1|refused|"},
    {"chromium-data-channel-first", "refused|refused|track 111 9,14,4 1|slot 111 9,14,4 0|"},
    {"chromium-video-first-max-bundle", "refused|track 111 9,14,4 1|slot 111 9,14,4 0|"},
    {"chromium-inactive-first", "refused|both 111 4,1,3 1|slot 111 4,1,3 0|"},
    {"firefox-video-data", "both 109 3,1,0 1|slot 109 3,1,0 0|refused|refused|"},
    {"aiortc", "track 96 1,2,0 1|slot 96 1,2,0 0|slot 96 1,2,0 0|slot 96 1,2,0 0|"},
    {"aiortc-video-data",
     "track 96 1,2,0 1|slot 96 1,2,0 0|slot 96 1,2,0 0|slot 96 1,2,0 0|refused|refused|"},
    {"aiortc-three-digests", "track 96 1,2,0 1|slot 96 1,2,0 0|slot 96 1,2,0 0|"},
    {"libdatachannel-video", "track 111 0,0,0 1|refused|"},  // OBS
    {"webrtcbin", "both 96 0,0,0 1|slot 96 0,0,0 0|slot 96 0,0,0 0|"},
    {"webrtcbin-video-data", "both 96 0,0,0 1|refused|slot 96 0,0,0 0|slot 96 0,0,0 0|refused|"},
};

std::string read_sample(const std::string& name) {
  std::ifstream file(std::string(VECHE_OFFERS) + "/" + name + ".sdp", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string summarise(const SessionPlan& plan) {
  std::string text;
  for (const SectionPlan& section : plan.sections) {
    const ExtensionIds& ids = section.extensions;
    text += kUses.at(section.use);
    if (section.use != SectionUse::Refused) {
      text += ' ' + std::to_string(section.codec.payload_type) + ' ' + std::to_string(ids.mid) +
              ',' + std::to_string(ids.audio_level) + ',' + std::to_string(ids.transport_cc) + ' ' +
              std::to_string(section.ssrcs.size());
    }
    text += '|';
  }
  return text;
}

size_t count_used(const SessionPlan& plan) {
  size_t used = 0;
  for (const SectionPlan& section : plan.sections) used += section.is_used();
  return used;
}

/// webrtcbin's own treatment of the text.
size_t count_parsed_media(const std::string& text) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  const auto* bytes = reinterpret_cast<const guint8*>(text.data());
  EXPECT_EQ(gst_sdp_message_parse_buffer(bytes, static_cast<guint>(text.size()), message),
            GST_SDP_OK);
  const size_t count = gst_sdp_message_medias_len(message);
  gst_sdp_message_free(message);
  return count;
}

std::string with_crlf(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

TEST(SdpOffers, OfRealClientsGiveTheExpectedPlan) {
  for (const Sample& sample : kSamples) {
    const std::string text = read_sample(sample.name);
    const auto plan = check_offer(text, {});
    ASSERT_TRUE(plan.ok()) << sample.name << ": " << plan.error().message;
    EXPECT_EQ(summarise(*plan), sample.summary) << sample.name;
    const auto crlf = check_offer(with_crlf(text), {});
    ASSERT_TRUE(crlf.ok()) << sample.name;
    EXPECT_EQ(crlf->offer, plan->offer) << sample.name;
  }
}

TEST(SdpOffers, HaveTheTransportOfTheFirstAcceptedSection) {
  const auto data = check_offer(read_sample("chromium-data-channel-first"), {});
  EXPECT_EQ(data->bundle, (std::vector<std::string>{"2", "3"}));
  EXPECT_NE(data->offer.find(" 192.0.2.2 56003 typ host"), std::string::npos);
  EXPECT_EQ(data->offer.find(" 44988 "), std::string::npos) << "of the data channel";
  const auto bundle = check_offer(read_sample("chromium-video-first-max-bundle"), {});
  EXPECT_EQ(bundle->bundle, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(bundle->sections[0].kept_media,
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\n"
            "a=rtpmap:96 VP8/90000\r\n");
  EXPECT_NE(bundle->offer.find(" 192.0.2.2 44538 typ host"), std::string::npos)
      << "only the client's tag has candidates";
  const auto inactive = check_offer(read_sample("chromium-inactive-first"), {});
  EXPECT_EQ(inactive->bundle, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_NE(inactive->offer.find(" 192.0.2.2 37103 typ host"), std::string::npos);
}

TEST(SdpOffers, OfAiortcHaveThreeDigests) {
  const auto plan = check_offer(read_sample("aiortc-three-digests"), {});
  ASSERT_EQ(plan->fingerprints.size(), 3u);
  EXPECT_EQ(plan->fingerprints[0].algorithm, "sha-256");
  EXPECT_EQ(plan->fingerprints[2].algorithm, "sha-512");
}

TEST(SdpOffers, NormalisedPassAgainUnchangedAndParse) {
  for (const Sample& sample : kSamples) {
    const auto plan = check_offer(read_sample(sample.name), {});
    ASSERT_TRUE(plan.ok()) << sample.name;
    EXPECT_EQ(count_parsed_media(plan->offer), count_used(*plan)) << sample.name;
    const auto again = check_offer(plan->offer, {});
    ASSERT_TRUE(again.ok()) << sample.name << ": " << again.error().message;
    EXPECT_EQ(again->offer, plan->offer) << sample.name;
    EXPECT_EQ(again->fingerprints, plan->fingerprints) << sample.name;
  }
}

/// One to four kinds of damage: a byte changed, a piece cut out, a line doubled or moved.
std::string damage(std::string text, std::mt19937& random) {
  auto below = [&random](size_t bound) { return random() % bound; };
  for (size_t count = 1 + below(4); count > 0 && !text.empty(); --count) {
    const size_t at = below(text.size());
    const size_t line = text.rfind('\n', at) + 1;
    const std::string copy = text.substr(line, text.find('\n', line) - line + 1);
    switch (below(4)) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text.erase(at, 1 + below(20)); break;
      case 2: text.insert(line, copy); break;
      default: text.erase(line, copy.size()); text.insert(below(text.size() + 1), copy);
    }
  }
  return text;
}

TEST(SdpOffers, DamagedAreRefusedOrNormalised) {
  std::mt19937 random(20240607);
  std::vector<std::string> samples;
  for (const Sample& sample : kSamples) samples.push_back(read_sample(sample.name));
  size_t accepted = 0, refused = 0;
  for (int i = 0; i < repetitions(10'000); ++i) {
    const auto plan = check_offer(damage(samples[random() % samples.size()], random), {});
    if (!plan.ok()) {
      ++refused;
      ASSERT_FALSE(plan.error().message.empty());
      continue;
    }
    ++accepted;
    const auto again = check_offer(plan->offer, {});
    ASSERT_TRUE(again.ok()) << again.error().message << "\n" << plan->offer;
    ASSERT_EQ(again->offer, plan->offer);
    ASSERT_EQ(count_parsed_media(plan->offer), count_used(*plan));
  }
  // Both outcomes must occur, or the damage is of the wrong size.
  EXPECT_GT(accepted, repetitions(1000U));
  EXPECT_GT(refused, repetitions(1000U));
}

}  // namespace
}  // namespace veche::sdp
