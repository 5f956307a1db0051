// SPDX-License-Identifier: Apache-2.0
// Ids without gaps, or gaps that are told of; batches; what is never dropped.
#include "events/backlog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kNow = 5000;

std::vector<std::string> take(Backlog& backlog) {
  const auto batch = backlog.take(kNow);
  if (!batch) return {};
  const auto lines = lines_of(batch->events);
  backlog.written();
  return lines;
}

TEST(Backlog, GivesIdsThatGoOnFromTheNewest) {
  Backlog backlog(41, 100);
  backlog.push(made("room.created"));
  backlog.push(of_server("server.draining"));
  EXPECT_EQ(backlog.waiting(), 2u);
  EXPECT_THAT(take(backlog), ElementsAre("42 room.created", "43 server.draining"));
  EXPECT_EQ(backlog.waiting(), 0u);
  EXPECT_THAT(take(backlog), IsEmpty());
  backlog.push(made("room.closed"));
  EXPECT_THAT(take(backlog), ElementsAre("44 room.closed"));
}

TEST(Backlog, NumbersEachIncarnationAndTheServerByItself) {
  Backlog backlog(0, 100);
  Event again = made("room.created");
  again.incarnation = "i2";
  for (const Event& event : {made("room.created"), of_server("server.started"), made("room.closed"),
                             again, made("recording.finished"), of_server("server.draining")}) {
    backlog.push(event);
  }
  std::vector<uint64_t> seqs;
  for (const Event& event : backlog.take(kNow)->events) seqs.push_back(event.seq);
  EXPECT_THAT(seqs, ElementsAre(1, 1, 2, 1, 3, 2));
}

TEST(Backlog, HandsOutTheSameBatchUntilItIsWritten) {
  Backlog backlog(0, 100);
  backlog.push(made("room.created"));
  const auto first = backlog.take(kNow);
  backlog.push(made("room.closed"));
  EXPECT_EQ(backlog.take(kNow), first);
  EXPECT_EQ(backlog.waiting(), 2u);
  backlog.written();
  EXPECT_THAT(take(backlog), ElementsAre("2 room.closed"));
}

TEST(Backlog, SplitsWhatIsTooMuchForOneTransaction) {
  Backlog backlog(0, 10'000);
  for (size_t i = 0; i < Backlog::kMaxBatch + 1; ++i) backlog.push(made("room.updated"));
  EXPECT_THAT(take(backlog), SizeIs(Backlog::kMaxBatch));
  EXPECT_THAT(take(backlog), SizeIs(1));
  Event large = made("stage.drawn");
  large.data = "\"" + std::string(Backlog::kMaxBatchBytes / 2, 'x') + "\"";
  for (int i = 0; i < 3; ++i) backlog.push(large);
  EXPECT_THAT(take(backlog), SizeIs(2));
  EXPECT_THAT(take(backlog), SizeIs(1));
}

TEST(Backlog, ReplacesDroppedEventsByOneGapThatCoversTheirIds) {
  Backlog backlog(0, 2);
  for (int i = 0; i < 5; ++i) backlog.push(made("room.updated"));
  EXPECT_EQ(backlog.dropped(), 3u);
  EXPECT_THAT(take(backlog), ElementsAre("1 room.updated", "2 room.updated"));
  const auto batch = backlog.take(kNow);
  ASSERT_THAT(batch->events, SizeIs(1));
  const Event& gap = batch->events[0];
  EXPECT_EQ(gap.id, 5u);
  EXPECT_EQ(gap.type, "events.gap");
  EXPECT_EQ(gap.data, R"({"from":3,"to":5,"reason":"overflow"})");
  EXPECT_EQ(gap.time_unix_ms, kNow);
  EXPECT_EQ(gap.seq, 1u) << "an event of the server itself";
  backlog.written();
  EXPECT_THAT(take(backlog), IsEmpty());
}

TEST(Backlog, TellsOfAGapBeforeTheNextEvent) {
  Backlog backlog(0, 2);
  for (int i = 0; i < 4; ++i) backlog.push(made("room.updated"));
  take(backlog);
  backlog.push(made("room.updated"));
  EXPECT_THAT(take(backlog), ElementsAre("4 events.gap", "5 room.updated"));
  for (int i = 0; i < 3; ++i) backlog.push(made("room.updated"));
  take(backlog);
  EXPECT_THAT(take(backlog), ElementsAre("8 events.gap")) << "each run of drops has its own";
}

TEST(Backlog, CountsWhatIsBeingWrittenAsWaiting) {
  Backlog backlog(0, 2);
  backlog.push(made("room.updated"));
  backlog.push(made("room.updated"));
  const auto stalls = backlog.take(kNow);
  backlog.push(made("room.updated"));
  EXPECT_EQ(backlog.dropped(), 1u);
  EXPECT_EQ(backlog.waiting(), 2u);
}

TEST(Backlog, NeverDropsTheEndOfWhatItHasSeenBegin) {
  Backlog backlog(0, 2);
  backlog.push(made("room.created"));
  backlog.push(made("participant.joined", "ann"));
  backlog.push(made("participant.joined", "bob"));  // Dropped, and so is its end.
  backlog.push(made("participant.left", "bob"));
  backlog.push(made("participant.left", "ann"));
  backlog.push(made("room.updated"));
  backlog.push(made("room.closed"));
  backlog.push(made("recording.finished"));
  std::vector<std::string> all;
  for (auto some = take(backlog); !some.empty(); some = take(backlog)) {
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_THAT(all,
              ElementsAre("1 room.created", "2 participant.joined", "4 events.gap",
                          "5 participant.left", "6 events.gap", "7 room.closed", "8 events.gap"));
}

TEST(Backlog, KnowsWhatWasOpenBefore) {
  OpenState::Rooms rooms;
  rooms["i1"] = {"blue", 0, 9, {{"ann", 0}}};
  Backlog backlog(0, 0, OpenState(rooms));
  backlog.push(made("participant.left", "bob"));
  backlog.push(made("participant.left", "ann"));
  EXPECT_THAT(take(backlog), ElementsAre("1 events.gap", "2 participant.left"));
}

TEST(Backlog, IsFullByBytesToo) {
  Backlog backlog(0, 1'000'000);
  Event large = made("stage.drawn");
  large.data = "\"" + std::string(size_t{16} * 1024 * 1024, 'x') + "\"";
  for (int i = 0; i < 5; ++i) backlog.push(large);
  EXPECT_EQ(backlog.dropped(), 1u);
}

TEST(Backlog, GivesTheRestAtTheEnd) {
  Backlog backlog(0, 3);
  backlog.push(made("room.created"));
  const auto first = backlog.take(kNow);
  for (int i = 0; i < 3; ++i) backlog.push(made("room.updated"));
  backlog.change({"keys", "a", StoredValue{"1", 0}});
  const Batch rest = backlog.take_rest(kNow);
  EXPECT_THAT(lines_of(rest.events),
              ElementsAre("2 room.updated", "3 room.updated", "4 events.gap"));
  EXPECT_THAT(rest.values, SizeIs(1));
}

TEST(Backlog, OverlaysWhatIsNotWritten) {
  Backlog backlog(0, 3);
  backlog.change({"keys", "a", StoredValue{"taken", 0}});
  backlog.change({"keys", "b", StoredValue{"taken", 0}});
  ASSERT_TRUE(backlog.take(kNow)) << "values alone are a batch, too";
  backlog.change({"keys", "b", std::nullopt});
  backlog.change({"other", "d", StoredValue{"x", 0}});
  std::map<std::string, StoredValue> values{{"b", {"stored", 0}}, {"c", {"stored", 0}}};
  backlog.overlay("keys", values);
  EXPECT_EQ(values.size(), 2u);
  EXPECT_EQ(values["a"].value, "taken");
  EXPECT_EQ(values["c"].value, "stored");
}

TEST(PendingValues, KeepTheLastChangeOfEachKeyAndHaveABound) {
  PendingValues values;
  for (int i = 0; i < 3; ++i) values.change({"keys", "a", StoredValue{std::to_string(i), 0}});
  for (size_t i = 1; i < PendingValues::kMax; ++i) {
    values.change({"keys", std::to_string(i), StoredValue{"", 0}});
  }
  values.change({"keys", "one more", StoredValue{"", 0}});
  values.change({"keys", "a", StoredValue{"last", 0}});
  EXPECT_EQ(values.dropped(), 1u);
  const auto taken = values.take();
  EXPECT_THAT(taken, SizeIs(PendingValues::kMax));
  EXPECT_EQ(taken.back().key, "a");
  EXPECT_EQ(taken.back().to->value, "last");
  EXPECT_TRUE(values.empty());
}

}  // namespace
}  // namespace veche::events
