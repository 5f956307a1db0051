// SPDX-License-Identifier: Apache-2.0
// How notices merge within one interval.
#include "room/notices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Notices, TellTheNewestOfEachSlot) {
  Notices notices({});
  notices.slots_changed({{"1", "audio", "a", 5}, {"2", "audio", "b", 6}});
  notices.slots_changed({{"1", "audio", "c", 7}});
  EXPECT_THAT(notices.take_slots(2),
              ElementsAre(SlotView{"1", "audio", "c", 7}, SlotView{"2", "audio", "b", 6}));
  EXPECT_THAT(notices.take_slots(2), IsEmpty());
}

TEST(Notices, ForgetSlotsOfAReplacedSession) {
  Notices notices({});
  notices.slots_changed({{"9", "audio", "a", 5}});
  notices.slots_restarted({{"1", "audio", "", 0}});
  EXPECT_THAT(notices.take_slots(2), ElementsAre(SlotView{"1", "audio", "", 0}));
}

TEST(Notices, KeepTheNewestWordOfEachPlugin) {
  Notices notices({});
  notices.announced("recording", R"({"active":true})");
  notices.announced("stage", "{}");
  notices.announced("recording", std::nullopt);
  EXPECT_EQ(notices.take_plugins(2), (PluginNotices{{"recording", std::nullopt}, {"stage", "{}"}}));
  EXPECT_THAT(notices.take_plugins(2), IsEmpty());
}

TEST(Notices, TellSpeakersOnlyWhenTheyDifferFromThoseToldLast) {
  Notices notices({{"a"}, "a"});
  EXPECT_FALSE(notices.take_speakers(2));
  notices.speakers_changed({{"b"}, "b"});
  notices.speakers_changed({{"a"}, "a"});
  EXPECT_FALSE(notices.take_speakers(2));
  notices.speakers_changed({{}, ""});
  EXPECT_EQ(notices.take_speakers(2), (Speakers{{}, ""}));
  EXPECT_FALSE(notices.take_speakers(2));
  notices.speakers_changed({{"a"}, "a"});
  EXPECT_TRUE(notices.take_speakers(2));
}

TEST(Notices, RepeatWhatAClientHasMissedAsItIsNow) {
  const Present present{{{"1", "audio", "now", 9}, {"2", "audio", "", 0}},
                        {{"now"}, "now"},
                        {{.mid = "0", .max_bitrate_bps = 16'000}},
                        {Quality::Fair, "loss"},
                        {{"stage", R"({"now":1})"}}};
  const struct {
    uint64_t received;
    size_t slots;
    bool speakers, hint;
    PluginNotices plugins;
  } cases[] = {
      {1, 2, true, true, {{"recording", std::nullopt}, {"stage", R"({"now":1})"}}},
      {2, 0, true, true, {{"recording", std::nullopt}, {"stage", R"({"now":1})"}}},
      {3, 0, false, true, {{"recording", std::nullopt}, {"stage", R"({"now":1})"}}},
      {4, 0, false, false, {{"recording", std::nullopt}, {"stage", R"({"now":1})"}}},
      {5, 0, false, false, {{"recording", std::nullopt}}},
      {6, 0, false, false, {}},
  };
  for (const auto& [received, slots, has_speakers, has_hint, plugins] : cases) {
    Notices notices({});
    notices.slots_changed({{"1", "audio", "then", 5}});
    notices.speakers_changed({{"then"}, "then"});
    notices.hint_changed({{.mid = "0", .max_bitrate_bps = 8'000}});
    notices.quality_changed({Quality::Poor, "congestion"});
    notices.announced("stage", "{}");
    ASSERT_THAT(notices.take_slots(2), SizeIs(1));
    ASSERT_TRUE(notices.take_speakers(3));
    ASSERT_TRUE(notices.take_hint(4));
    ASSERT_TRUE(notices.take_quality(4));
    ASSERT_THAT(notices.take_plugins(5), SizeIs(1));
    notices.announced("recording", "{}");
    ASSERT_THAT(notices.take_plugins(6), SizeIs(1));

    notices.rewind(received, present);
    EXPECT_THAT(notices.take_slots(7), SizeIs(slots)) << received;
    EXPECT_EQ(notices.take_speakers(7),
              has_speakers ? std::optional(present.speakers) : std::nullopt)
        << received;
    EXPECT_EQ(notices.take_hint(7), has_hint ? std::optional(present.hint) : std::nullopt)
        << received;
    EXPECT_EQ(notices.take_quality(7), has_hint ? std::optional(present.quality) : std::nullopt)
        << received;
    EXPECT_EQ(notices.take_plugins(7), plugins) << received;
  }
}

TEST(Notices, TellEachAnnouncementInOrder) {
  Notices notices({});
  for (const char* text : {"1", "2"}) {
    notices.add_announcement(std::make_shared<const std::string>(text));
  }
  EXPECT_EQ(*notices.take_announcement(2), "1");
  EXPECT_EQ(*notices.take_announcement(3), "2");
  EXPECT_FALSE(notices.take_announcement(4));
}

TEST(Notices, RepeatTheAnnouncementsThatAClientHasMissed) {
  for (const uint64_t received : {1, 2, 3, 4}) {
    Notices notices({});
    for (const char* text : {"2", "3"}) {
      notices.add_announcement(std::make_shared<const std::string>(text));
    }
    ASSERT_TRUE(notices.take_announcement(2));
    ASSERT_TRUE(notices.take_announcement(3));
    notices.add_announcement(std::make_shared<const std::string>("late"));
    notices.rewind(received, {});
    std::string told;
    uint64_t seq = 10;
    while (const auto each = notices.take_announcement(seq++)) told += *each + " ";
    EXPECT_EQ(told, received == 1 ? "2 3 late " : received == 2 ? "3 late " : "late ") << received;
  }
}

TEST(Notices, KeepTheNewestAnnouncementsAlone) {
  Notices notices({});
  for (size_t i = 0; i < Notices::kMaxAnnouncements + 2; ++i) {
    notices.add_announcement(std::make_shared<const std::string>(std::to_string(i)));
  }
  EXPECT_EQ(*notices.take_announcement(2), "2");
}

TEST(Notices, KeepWhatIsDueWhenAClientResumes) {
  Notices notices({{"a"}, "a"});
  notices.slots_changed({{"1", "audio", "b", 5}});
  notices.speakers_changed({{"b"}, "b"});
  notices.rewind(1, {});
  EXPECT_THAT(notices.take_slots(2), ElementsAre(SlotView{"1", "audio", "b", 5}));
  EXPECT_EQ(notices.take_speakers(2), (Speakers{{"b"}, "b"}));
  EXPECT_FALSE(notices.take_hint(2));
}

}  // namespace
}  // namespace veche::room
