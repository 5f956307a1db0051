// SPDX-License-Identifier: Apache-2.0
// The log as its users see it, in memory and on disk alike: nothing is delivered before it is
// committed.
#include "events/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "../plugin/temporary_dir.hpp"
#include "base/time.hpp"
#include "events/store.hpp"
#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class LogTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { open(); }
  /// Posted tasks run while this test's loop exists.
  void TearDown() override {
    log_.reset();
    while (loop_.iterate()) {
    }
  }
  Settings settings() const {
    Settings settings;
    if (GetParam()) settings.file = directory_.file("events.db");
    return settings;
  }
  void open(const std::optional<Settings>& with = {}) {
    log_.reset();
    auto opened = Log::open(loop_, with.value_or(settings()));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log_ = std::move(*opened);
  }
  void run_until(const std::function<bool()>& done) {
    const int64_t deadline_ns = monotonic_ns() + 10 * kNsPerS;
    const glib::Timer wake = loop_.every(20, [] {});
    while (!done() && monotonic_ns() < deadline_ns) loop_.iterate(true);
    EXPECT_TRUE(done());
  }
  void append(const Event& event) {
    log_->append(event);
    ++appended_;
  }
  void run_until_committed() {
    run_until([this] { return log_->newest() >= appended_; });
  }
  Page read(const Query& query) {
    std::optional<Page> page;
    log_->read(query, [&](const Result<Page>& read) { page = read.value(); });
    EXPECT_FALSE(page) << "never from within the call";
    run_until([&] { return page.has_value(); });
    return *page;
  }
  Log::Values load(const std::string& space) { return log_->load(space).value(); }
  int64_t metric(const std::string& name) {
    int64_t value = -1;
    MetricSink sink([&](const MetricSample& sample) {
      if (sample.name == name) value = sample.value;
    });
    log_->put_metrics(sink);
    return value;
  }

  glib::ControlLoop loop_;
  TemporaryDir directory_;
  uint64_t appended_ = 0;
  std::unique_ptr<Log> log_;
};

TEST_P(LogTest, DeliversWhatIsCommittedAndNothingElse) {
  std::vector<uint64_t> newest;
  const auto watch = log_->watch([&](uint64_t id) {
    newest.push_back(id);
    EXPECT_EQ(id, log_->newest());
  });
  append(made("room.created"));
  EXPECT_EQ(log_->newest(), 0u);
  EXPECT_THAT(read({}).events, IsEmpty());
  run_until_committed();
  EXPECT_THAT(newest, ElementsAre(1));
  EXPECT_THAT(lines_of(read({}).events), ElementsAre("1 room.created"));
  EXPECT_EQ(log_->oldest(), 1u);
  EXPECT_EQ(metric("veche_events_written_total"), 1);
  EXPECT_EQ(metric("veche_events_waiting"), 0);
}

TEST_P(LogTest, CommitsWhatComesTogetherTogether) {
  int commits = 0;
  const auto watch = log_->watch([&](uint64_t) { ++commits; });
  for (int i = 0; i < 500; ++i) append(made("room.updated"));
  run_until_committed();
  EXPECT_EQ(commits, 2) << "the first at once, the others while it was written";
}

TEST_P(LogTest, WatchesBeginAndEndInAWatch) {
  std::vector<std::string> heard;
  std::unique_ptr<Watch> first, second, third;
  first = log_->watch([&](uint64_t) {
    heard.emplace_back("first");
    second.reset();
    third = log_->watch([&](uint64_t) { heard.emplace_back("third"); });
    first.reset();
  });
  second = log_->watch([&](uint64_t) { heard.emplace_back("second"); });
  append(made("room.created"));
  run_until_committed();
  EXPECT_THAT(heard, ElementsAre("first"));
  append(made("room.closed"));
  run_until_committed();
  EXPECT_THAT(heard, ElementsAre("first", "third"));
}

TEST_P(LogTest, ReadsWhatMemoryNoLongerHas) {
  for (int i = 0; i < 3000; ++i) append(made("room.updated"));
  run_until_committed();
  const Page old = read({.after = 5, .limit = 3});
  EXPECT_THAT(lines_of(old.events),
              ElementsAre("6 room.updated", "7 room.updated", "8 room.updated"));
  EXPECT_EQ(old.next_after, 8u);
  EXPECT_EQ(old.newest, 3000u);
  const Page last = read({.after = 2999});
  EXPECT_THAT(last.events, SizeIs(1));
  const Page unknown = read({.after = 5000, .limit = 1});
  EXPECT_TRUE(unknown.is_reset);
  EXPECT_THAT(lines_of(unknown.events), ElementsAre("1 room.updated"));
}

TEST_P(LogTest, KeepsSpeakersOnlyIfItShould) {
  append(made("room.created"));
  log_->append(made("speaker.changed", "ann"));
  append(made("room.updated"));
  run_until_committed();
  const Query all{.filter = {.types = {"*"}}};
  const Page page = read(all);
  EXPECT_THAT(lines_of(page.events), ElementsAre("1 room.created", "2 room.updated"));
  EXPECT_EQ(page.events.at(1).seq, 2u) << "numbers have no gaps for that";
  Settings with_speakers = settings();
  with_speakers.file.clear();
  with_speakers.speakers = true;
  open(with_speakers);
  log_->append(made("speaker.changed", "ann"));
  run_until([this] { return log_->newest() == 1; });
  EXPECT_THAT(lines_of(read(all).events), ElementsAre("1 speaker.changed"));
  EXPECT_THAT(read({}).events, IsEmpty()) << "only for those who ask";
}

TEST_P(LogTest, KeepsValuesWithWhatIsNotWrittenYet) {
  log_->put("keys", "a", "1", 0);
  log_->put("keys", "b", "2", 0);
  log_->put("keys", "expired", "3", 1);
  log_->put("keys", "a", "new", 0);
  log_->erase("keys", "b");
  log_->put("other", "c", "4", 0);
  EXPECT_THAT(load("keys"), ElementsAre(Pair("a", "new")));
  append(made("room.created"));
  run_until_committed();
  EXPECT_THAT(load("keys"), ElementsAre(Pair("a", "new")));
}

TEST_P(LogTest, TellsNobodyWhoHasLeft) {
  bool is_told = false;
  auto watch = log_->watch([&](uint64_t) { is_told = true; });
  log_->append(made("room.created"));
  log_->read({}, [&](const Result<Page>&) { is_told = true; });
  log_.reset();
  while (loop_.iterate()) {
  }
  EXPECT_FALSE(is_told);
}

INSTANTIATE_TEST_SUITE_P(All, LogTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "OnDisk" : "InMemory"; });

class DiskLogTest : public LogTest {};

TEST_P(DiskLogTest, IsFlushedAtTheEndAndGoesOnAfterARestart) {
  for (int i = 0; i < 100; ++i) append(made("room.updated"));
  log_->put("keys", "a", "1", 0);
  open();
  EXPECT_EQ(log_->newest(), 100u);
  append(made("room.closed"));
  run_until_committed();
  EXPECT_THAT(lines_of(read({.after = 99}).events),
              ElementsAre("100 room.updated", "101 room.closed"));
  EXPECT_THAT(load("keys"), ElementsAre(Pair("a", "1")));
}

TEST_P(DiskLogTest, NamesTheFileWhoseValuesCannotBeRead) {
  // More than SQLite keeps in memory.
  for (int i = 0; i < 100; ++i) log_->put("keys", std::to_string(i), std::string(100'000, 'x'), 0);
  open();
  std::filesystem::resize_file(settings().file, 8192);
  const Result<Log::Values> values = log_->load("keys");
  ASSERT_FALSE(values.ok());
  EXPECT_THAT(values.error().message, HasSubstr(settings().file));
}

TEST_P(DiskLogTest, ClosesWhatACrashHasLeftOpen) {
  log_.reset();
  {
    auto store = std::move(Store::open(settings().file, {})).value();
    std::vector<Event> events = {made("room.created"), made("participant.joined", "ann")};
    for (size_t i = 0; i < events.size(); ++i) events[i].id = events[i].seq = i + 1;
    ASSERT_TRUE(store->write({events, {}}, 61'000).ok());
    store->close();
  }
  open();
  log_->append(of_server("server.started"));
  run_until([this] { return log_->newest() == 5; });
  const Page page = read({});
  EXPECT_THAT(lines_of(page.events),
              ElementsAre("1 room.created", "2 participant.joined", "3 participant.left",
                          "4 room.closed", "5 server.started"));
  EXPECT_EQ(page.events[2].data, R"({"reason":"server_lost","duration_s":60})");
  EXPECT_EQ(page.events[2].seq, 3u);
  EXPECT_EQ(page.events[3].incarnation, "i1");
  open();
  EXPECT_EQ(log_->newest(), 5u) << "and only once";
}

TEST_P(DiskLogTest, SaysWhatIsWrongWithItsFile) {
  log_.reset();
  directory_.write("events.db", "no database");
  const auto opened = Log::open(loop_, settings());
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("--repair-events"));
}

INSTANTIATE_TEST_SUITE_P(All, DiskLogTest, testing::Values(true));

}  // namespace
}  // namespace veche::events
