// SPDX-License-Identifier: Apache-2.0
// What webrtcbin is asked to answer for each section of real clients' offers.
#include "media/peer/negotiation.hpp"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace veche::media {
namespace {

sdp::SessionPlan plan_of(const std::string& name) {
  std::ifstream file(std::string(VECHE_OFFERS) + "/" + name + ".sdp", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto plan = sdp::check_offer(text, {});
  EXPECT_TRUE(plan.ok()) << name;
  return plan.ok() ? *plan : sdp::SessionPlan{};
}

class NegotiationTest : public testing::Test {
 protected:
  NegotiationTest() { gst_init(nullptr, nullptr); }
  /// "tracks 1 of 1, slots 2 of 3": those that promise transport-wide feedback, and their numbers.
  static std::string summary(const std::string& name) {
    int tracks = 0, slots = 0, track_count = 0, slot_count = 0;
    for (const sdp::SectionPlan& section : plan_of(name).sections) {
      if (!section.is_used()) continue;
      const auto caps = section_caps(section, section.is_slot() ? 42 : 0);
      const GstStructure* fields = gst_caps_get_structure(caps.get(), 0);
      const std::string field = "extmap-" + std::to_string(section.extensions.transport_cc);
      const char* uri = gst_structure_get_string(fields, field.c_str());
      gboolean is_promised = FALSE;
      gst_structure_get_boolean(fields, "rtcp-fb-transport-cc", &is_promised);
      EXPECT_EQ(uri && std::string(uri) == sdp::kTransportCcUri, is_promised != FALSE);
      (section.is_track() ? tracks : slots) += is_promised ? 1 : 0;
      (section.is_track() ? track_count : slot_count) += 1;
    }
    return "tracks " + std::to_string(tracks) + " of " + std::to_string(track_count) + ", slots " +
           std::to_string(slots) + " of " + std::to_string(slot_count);
  }
};

TEST_F(NegotiationTest, PromisesTransportWideFeedbackWhereverTheClientOffersIt) {
  EXPECT_EQ(summary("chromium"), "tracks 1 of 1, slots 3 of 3");
  EXPECT_EQ(summary("chromium-video-data"), "tracks 1 of 1, slots 2 of 2");
  EXPECT_EQ(summary("chromium-data-channel-first"), "tracks 1 of 1, slots 1 of 1");
  EXPECT_EQ(summary("firefox-video-data"), "tracks 0 of 1, slots 0 of 1");
  EXPECT_EQ(summary("aiortc"), "tracks 0 of 1, slots 0 of 3");
  EXPECT_EQ(summary("webrtcbin"), "tracks 0 of 1, slots 0 of 2");
}

}  // namespace
}  // namespace veche::media
