// SPDX-License-Identifier: Apache-2.0
// How notices merge within one interval.
#include "room/notices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string told_after(const std::string& steps) {
  Notices notices({});
  for (const char step : steps) {
    if (step == '+') notices.joined("a");
    if (step == '*') notices.changed("a");
    if (step == '-') notices.left("a");
  }
  const bool has_roster = notices.has_roster();
  const RosterNames names = notices.take_roster();
  std::string told;
  if (!names.joined.empty()) told += '+';
  if (!names.changed.empty()) told += '*';
  if (!names.left.empty()) told += '-';
  EXPECT_EQ(has_roster, !told.empty());
  EXPECT_FALSE(notices.has_roster());
  return told;
}

TEST(Notices, TellOnlyTheOutcomeForAParticipant) {
  const struct {
    const char* steps;
    const char* told;
  } cases[] = {
      {"", ""},    {"+", "+"},   {"*", "*"},   {"-", "-"},    {"+*", "+"},  {"+-", ""},
      {"**", "*"}, {"*-", "-"},  {"-+", "*"},  {"-+*", "*"},  {"-+-", "-"}, {"+-+", "+"},
      {"+*-", ""}, {"*-+", "*"}, {"+-+-", ""}, {"-+-+", "*"},
  };
  for (const auto& [steps, told] : cases) EXPECT_EQ(told_after(steps), told) << steps;
}

TEST(Notices, KeepParticipantsApart) {
  Notices notices({});
  notices.joined("b");
  notices.left("a");
  notices.joined("c");
  notices.left("b");
  const RosterNames names = notices.take_roster();
  EXPECT_THAT(names.joined, ElementsAre("c"));
  EXPECT_THAT(names.changed, IsEmpty());
  EXPECT_THAT(names.left, ElementsAre("a"));
}

TEST(Notices, TellTheNewestOfEachSlot) {
  Notices notices({});
  notices.slots_changed({{"1", "audio", "a", 5}, {"2", "audio", "b", 6}});
  notices.slots_changed({{"1", "audio", "c", 7}});
  EXPECT_THAT(notices.take_slots(),
              ElementsAre(SlotView{"1", "audio", "c", 7}, SlotView{"2", "audio", "b", 6}));
  EXPECT_THAT(notices.take_slots(), IsEmpty());
}

TEST(Notices, ForgetSlotsOfAReplacedSession) {
  Notices notices({});
  notices.slots_changed({{"9", "audio", "a", 5}});
  notices.slots_restarted({{"1", "audio", "", 0}});
  EXPECT_THAT(notices.take_slots(), ElementsAre(SlotView{"1", "audio", "", 0}));
}

TEST(Notices, KeepTheNewestWordOfEachPlugin) {
  Notices notices({});
  notices.announced("recording", R"({"active":true})");
  notices.announced("stage", "{}");
  notices.announced("recording", std::nullopt);
  EXPECT_EQ(notices.take_plugins(), (PluginNotices{{"recording", std::nullopt}, {"stage", "{}"}}));
  EXPECT_THAT(notices.take_plugins(), IsEmpty());
}

TEST(Notices, TellSpeakersOnlyWhenTheyDifferFromThoseToldLast) {
  Notices notices({{"a"}, "a"});
  EXPECT_FALSE(notices.take_speakers());
  notices.speakers_changed({{"b"}, "b"});
  notices.speakers_changed({{"a"}, "a"});
  EXPECT_FALSE(notices.take_speakers());
  notices.speakers_changed({{}, ""});
  EXPECT_EQ(notices.take_speakers(), (Speakers{{}, ""}));
  EXPECT_FALSE(notices.take_speakers());
  notices.speakers_changed({{"a"}, "a"});
  EXPECT_TRUE(notices.take_speakers());
}

}  // namespace
}  // namespace veche::room
