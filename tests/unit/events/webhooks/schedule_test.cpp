// SPDX-License-Identifier: Apache-2.0
// Retries and order in virtual time: receivers that are down, slow, full, gone, or fail one event.
#include "events/webhooks/schedule.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace veche::events {
namespace {

constexpr int64_t kS = 1000;
constexpr int64_t kHour = 3600 * kS;
constexpr int64_t kBeginUnixMs = 1'700'000'000'000;

Event event(uint64_t id, const std::string& room = "blue") {
  Event made;
  made.id = id;
  made.room = room;
  made.type = "participant.joined";
  made.time_unix_ms = kBeginUnixMs + static_cast<int64_t>(id);
  return made;
}

Outcome delivered() { return {.status = 204}; }
Outcome answered(int status, int64_t retry_after_s = 0) {
  return {.status = status, .reason = "it failed", .retry_after_s = retry_after_s};
}
Outcome no_answer() { return {.reason = "timed out"}; }

/// A schedule, a receiver that takes `answer_ms` for each answer, and a clock.
class Simulation {
 public:
  explicit Simulation(const Position& position = {}) : schedule(position) {}

  void load(const std::vector<Event>& events) {
    const uint64_t last = events.empty() ? schedule.read() : events.back().id;
    carry_out(schedule.on(Schedule::Loaded{events, last, 1, false}, now()));
  }
  void input(Schedule::Input what) { carry_out(schedule.on(std::move(what), now())); }

  /// Lives until this time, from event to event.
  void run_until(int64_t end_ms) {
    for (;;) {
      int64_t next_ms = end_ms + 1;
      for (const auto& [id, at_ms] : answers_due) next_ms = std::min(next_ms, at_ms);
      if (const auto due = schedule.next_due_ms()) next_ms = std::min(next_ms, *due);
      if (next_ms > end_ms) break;
      now_ms = std::max(now_ms, next_ms);
      step();
    }
    now_ms = end_ms;
  }

  Now now() const { return {now_ms, kBeginUnixMs + now_ms}; }

  Schedule schedule;
  int64_t now_ms = 0;
  int64_t answer_ms = 10;
  /// What the receiver answers; everything is taken by default.
  std::function<Outcome(uint64_t id, int64_t now_ms)> receiver = [](uint64_t, int64_t) {
    return delivered();
  };
  std::vector<std::pair<int64_t, uint64_t>> sent;  ///< When, and which.
  std::vector<uint64_t> taken;                     ///< In the order of the answers.
  std::vector<Schedule::GiveUp> given_up;
  std::vector<Schedule::Lost> lost;
  std::vector<uint64_t> cancelled;
  std::string disabled;
  std::map<uint64_t, int64_t> answers_due;
  size_t most_in_flight = 0;

 private:
  void step() {
    for (auto each = answers_due.begin(); each != answers_due.end(); ++each) {
      if (each->second > now_ms) continue;
      const uint64_t id = each->first;
      answers_due.erase(each);
      const Outcome outcome = receiver(id, now_ms);
      if (outcome.is_delivered()) taken.push_back(id);
      return carry_out(schedule.on(Schedule::Answered{id, outcome, 0}, now()));
    }
    carry_out(schedule.on(Schedule::Tick{}, now()));
  }

  void carry_out(const Schedule::Actions& actions) {
    for (const Schedule::Action& action : actions) {
      if (const auto* send = std::get_if<Schedule::Send>(&action)) {
        sent.emplace_back(now_ms, send->id);
        answers_due[send->id] = now_ms + answer_ms;
      } else if (const auto* cancel = std::get_if<Schedule::Cancel>(&action)) {
        cancelled.push_back(cancel->id);
        answers_due.erase(cancel->id);
      } else if (const auto* dead = std::get_if<Schedule::GiveUp>(&action)) {
        given_up.push_back(*dead);
      } else if (const auto* gone = std::get_if<Schedule::Lost>(&action)) {
        lost.push_back(*gone);
      } else {
        disabled = std::get<Schedule::Disable>(action).reason;
      }
    }
    most_in_flight = std::max(most_in_flight, answers_due.size());
  }
};

std::vector<int64_t> times_of(const Simulation& simulation, uint64_t id) {
  std::vector<int64_t> times;
  for (const auto& [at_ms, sent] : simulation.sent) {
    if (sent == id) times.push_back(at_ms);
  }
  return times;
}

TEST(WebhookSchedule, SendsARoomInOrderAndRoomsAtTheSameTime) {
  Simulation simulation;
  simulation.load(
      {event(1, "blue"), event(2, "blue"), event(3, "red"), event(4, ""), event(5, "red")});
  using Sent = std::vector<std::pair<int64_t, uint64_t>>;
  EXPECT_EQ(simulation.sent, (Sent{{0, 1}, {0, 3}, {0, 4}}));
  simulation.run_until(kS);
  EXPECT_EQ(simulation.sent, (Sent{{0, 1}, {0, 3}, {0, 4}, {10, 2}, {10, 5}}));
  EXPECT_EQ(simulation.schedule.position(), (Position{.read = 5, .waiting = {}}));
  EXPECT_EQ(simulation.schedule.next_due_ms(), std::nullopt);
}

TEST(WebhookSchedule, DeliversEverythingInOrderToAReceiverThatIsDownForAMinute) {
  Simulation simulation;
  simulation.receiver = [](uint64_t, int64_t now_ms) {
    return now_ms < 60 * kS ? no_answer() : delivered();
  };
  simulation.load({event(1), event(2, "red"), event(3), event(4, "red"), event(5)});
  simulation.run_until(64 * kS);
  const std::set<uint64_t> all(simulation.taken.begin(), simulation.taken.end());
  EXPECT_EQ(all, (std::set<uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(simulation.taken.size(), 5U);
  std::vector<uint64_t> blue;
  for (const uint64_t id : simulation.taken) {
    if (id % 2 == 1) blue.push_back(id);
  }
  EXPECT_EQ(blue, (std::vector<uint64_t>{1, 3, 5}));
  // At 0, 1, 3, 7, 15, 31 and 63 s: each answer takes 10 ms.
  EXPECT_EQ(times_of(simulation, 1),
            (std::vector<int64_t>{0, 1010, 3020, 7030, 15040, 31050, 63060}));
  EXPECT_EQ(times_of(simulation, 3).size(), 1U);
}

TEST(WebhookSchedule, DoesNotWaitForTheDelaysOfRoomsOnceTheReceiverIsBack) {
  Simulation simulation;
  bool is_down = true;
  simulation.receiver = [&](uint64_t, int64_t) { return is_down ? no_answer() : delivered(); };
  simulation.load({event(1, "blue"), event(2, "red"), event(3, "green")});
  simulation.run_until(2 * kHour);  // The next attempts are a quarter of an hour away.
  is_down = false;
  simulation.load({event(4, "new")});
  simulation.run_until(2 * kHour + kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{4, 1, 2, 3}));
}

TEST(WebhookSchedule, LetsOtherRoomsGoOnWhileOneEventFails) {
  Simulation simulation;
  simulation.receiver = [](uint64_t id, int64_t) { return id == 1 ? answered(500) : delivered(); };
  std::vector<Event> events{event(1, "bad")};
  for (uint64_t id = 2; id <= 50; ++id) events.push_back(event(id, id % 2 == 0 ? "good" : "fine"));
  events.push_back(event(51, "bad"));
  simulation.load(events);
  simulation.run_until(10 * kS);
  EXPECT_EQ(simulation.taken.size(), 49U);
  EXPECT_EQ(times_of(simulation, 51).size(), 0U) << "it overtook the event before it";
  // Successes of others do not hasten what the receiver refuses.
  EXPECT_EQ(times_of(simulation, 1).size(), 4U);
  EXPECT_EQ(simulation.schedule.position().read, 51U);
  const auto waiting = simulation.schedule.position().waiting;
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0], (Position::Waiting{1, kBeginUnixMs + 10}));
  EXPECT_EQ(waiting[1], (Position::Waiting{51, 0}));
}

TEST(WebhookSchedule, StopsAtA410UntilItIsResumed) {
  Simulation simulation;
  bool is_gone = true;
  simulation.receiver = [&](uint64_t id, int64_t) {
    return is_gone && id == 1 ? answered(410) : delivered();
  };
  simulation.load({event(1, "blue"), event(2, "red")});
  // The other room's answer is still on its way.
  simulation.answers_due[2] = 500;
  simulation.run_until(100);
  EXPECT_EQ(simulation.disabled, "it failed");
  EXPECT_EQ(simulation.cancelled, std::vector<uint64_t>{2});
  EXPECT_EQ(simulation.schedule.need(), std::nullopt);
  simulation.run_until(48 * kHour);
  EXPECT_EQ(simulation.sent.size(), 2U);
  EXPECT_EQ(simulation.schedule.position().waiting.size(), 2U) << "nothing is lost";
  is_gone = false;
  simulation.input(Schedule::Resume{});
  simulation.run_until(48 * kHour + kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{1, 2}));
}

TEST(WebhookSchedule, TriesAgainAfterEveryFailureARedirectIncluded) {
  for (const int status : {0, 199, 301, 302, 307, 400, 401, 404, 429, 500, 503, 599}) {
    Simulation simulation;
    simulation.receiver = [&](uint64_t, int64_t now_ms) {
      return now_ms < kS ? answered(status) : delivered();
    };
    simulation.load({event(1)});
    simulation.run_until(5 * kS);
    EXPECT_EQ(times_of(simulation, 1), (std::vector<int64_t>{0, 1010})) << status;
    EXPECT_EQ(simulation.taken.size(), 1U) << status;
  }
  for (const int status : {200, 202, 204, 299}) {
    Simulation simulation;
    simulation.receiver = [&](uint64_t, int64_t) { return answered(status); };
    simulation.load({event(1)});
    simulation.run_until(5 * kS);
    EXPECT_EQ(simulation.sent.size(), 1U) << status;
    EXPECT_EQ(simulation.schedule.waiting(), 0U) << status;
  }
}

TEST(WebhookSchedule, KeepsAllRoomsAwayAsLongAsABusyReceiverAsks) {
  for (const int status : {429, 503}) {
    Simulation simulation;
    simulation.receiver = [&](uint64_t, int64_t now_ms) {
      return now_ms < kS ? answered(status, 120) : delivered();
    };
    simulation.load({event(1, "blue")});
    simulation.run_until(50);
    simulation.load({event(2, "red")});
    simulation.run_until(120 * kS);
    EXPECT_EQ(simulation.sent.size(), 1U) << status;
    simulation.run_until(121 * kS);
    EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{1, 2})) << status;
  }
}

TEST(WebhookSchedule, KeepsOneRoomAwayWhereRetryAfterIsAboutOneEvent) {
  Simulation simulation;
  simulation.receiver = [&](uint64_t id, int64_t now_ms) {
    return id == 1 && now_ms < kS ? answered(500, 120) : delivered();
  };
  simulation.load({event(1, "blue"), event(2, "red")});
  simulation.run_until(119 * kS);
  EXPECT_EQ(simulation.taken, std::vector<uint64_t>{2});
  simulation.run_until(121 * kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{2, 1}));
}

TEST(WebhookSchedule, WaitsNoLongerThanADayHoweverLongAReceiverAsks) {
  for (const int64_t asked_s : {int64_t{1} << 62, int64_t{7} * 24 * 3600, int64_t{-5}}) {
    Simulation simulation;
    simulation.receiver = [&](uint64_t, int64_t now_ms) {
      return now_ms < kS ? answered(503, asked_s) : delivered();
    };
    simulation.load({event(1)});
    simulation.run_until(24 * kHour + kS);
    EXPECT_EQ(simulation.taken.size(), 1U) << asked_s;
  }
}

TEST(WebhookSchedule, HasDelaysFromASecondToADay) {
  EXPECT_EQ(retry_delay_ms(1, 0), kS);
  EXPECT_EQ(retry_delay_ms(2, 0), 2 * kS);
  EXPECT_EQ(retry_delay_ms(17, 0), 65536 * kS);
  int64_t before_ms = 0;
  for (uint32_t attempts = 1; attempts < 200; ++attempts) {
    const int64_t least_ms = retry_delay_ms(attempts, 0);
    EXPECT_GE(least_ms, before_ms);
    EXPECT_GE(least_ms, kS);
    for (const uint32_t random : {1U, 512U, 1024U, 4'000'000'000U}) {
      EXPECT_GE(retry_delay_ms(attempts, random), least_ms);
      EXPECT_LE(retry_delay_ms(attempts, random), least_ms + least_ms / 4);
      EXPECT_LE(retry_delay_ms(attempts, random), 24 * kHour);
    }
    before_ms = least_ms;
  }
  EXPECT_EQ(retry_delay_ms(100, 1024), 24 * kHour);
  EXPECT_NE(retry_delay_ms(5, 100), retry_delay_ms(5, 900)) << "there is no jitter";
}

TEST(WebhookSchedule, GivesAnEventUpAfterDaysAndGoesOnWithTheRoom) {
  Simulation simulation;
  simulation.receiver = [](uint64_t id, int64_t) { return id == 1 ? answered(500) : delivered(); };
  simulation.load({event(1), event(2)});
  simulation.run_until(71 * kHour);
  EXPECT_TRUE(simulation.given_up.empty());
  simulation.run_until(int64_t{5} * 24 * kHour);
  ASSERT_EQ(simulation.given_up.size(), 1U);
  EXPECT_EQ(simulation.given_up[0].event, event(1));
  EXPECT_EQ(simulation.given_up[0].outcome.status, 500);
  EXPECT_EQ(simulation.given_up[0].attempts, simulation.sent.size() - 1);
  EXPECT_LE(simulation.sent.size(), 22U);
  EXPECT_EQ(simulation.taken, std::vector<uint64_t>{2});
}

TEST(WebhookSchedule, CountsTheDaysOverRestartsButTriesSomeTimesEachRun) {
  const int64_t days_ago_ms = kBeginUnixMs - int64_t{30} * 24 * kHour;
  Simulation simulation({.read = 2, .waiting = {{1, days_ago_ms}}});
  simulation.receiver = [](uint64_t, int64_t) { return no_answer(); };
  simulation.load({event(1)});
  simulation.run_until(64 * kS);
  EXPECT_EQ(simulation.sent.size(), 7U);
  EXPECT_TRUE(simulation.given_up.empty());
  simulation.run_until(kHour);
  EXPECT_EQ(simulation.sent.size(), 8U);
  EXPECT_EQ(simulation.given_up.size(), 1U);
}

TEST(WebhookSchedule, HoldsABoundedWindowAndAsksForMoreWhenItEmpties) {
  Simulation simulation;
  simulation.receiver = [](uint64_t id, int64_t) { return id <= 256 ? no_answer() : delivered(); };
  uint64_t next = 1;
  const auto load_all = [&] {
    while (const auto need = simulation.schedule.need()) {
      EXPECT_EQ(need->after, next - 1);
      ASSERT_GT(need->limit, 0U);
      std::vector<Event> page;
      for (size_t i = 0; i < need->limit; ++i, ++next) {
        page.push_back(event(next, "room" + std::to_string(next)));
      }
      simulation.load(page);
      ASSERT_LE(simulation.schedule.waiting(), Schedule::kMaxWaiting);
    }
  };
  load_all();
  EXPECT_EQ(simulation.schedule.waiting(), Schedule::kMaxWaiting);
  simulation.run_until(10 * kS);
  load_all();
  EXPECT_EQ(next, 257U) << "nothing was delivered, so there was no room for more";
  EXPECT_LE(simulation.most_in_flight, Schedule::kMaxInFlight);
  simulation.receiver = [](uint64_t, int64_t) { return delivered(); };
  simulation.run_until(kHour);
  load_all();
  EXPECT_GT(next, 500U);
  EXPECT_LE(simulation.most_in_flight, Schedule::kMaxInFlight);
}

TEST(WebhookSchedule, HoldsFewLargeEvents) {
  Simulation simulation;
  simulation.receiver = [](uint64_t, int64_t) { return no_answer(); };
  size_t loaded = 0;
  for (uint64_t id = 1; simulation.schedule.need() && id < 100; ++id, ++loaded) {
    Event large = event(id);
    large.data.assign(size_t{100} * 1024, ' ');
    simulation.load({large});
  }
  EXPECT_EQ(loaded, 11U);
  simulation.receiver = [](uint64_t, int64_t) { return delivered(); };
  simulation.run_until(kHour);
  EXPECT_TRUE(simulation.schedule.need().has_value());
}

TEST(WebhookSchedule, GoesOnAfterARestartWithWhatWasWaiting) {
  Simulation simulation({.read = 20, .waiting = {{5, 0}, {9, kBeginUnixMs}}});
  EXPECT_EQ(simulation.schedule.position(),
            (Position{.read = 20, .waiting = {{5, 0}, {9, kBeginUnixMs}}}));
  ASSERT_TRUE(simulation.schedule.need().has_value());
  EXPECT_EQ(simulation.schedule.need()->after, 4U);
  EXPECT_TRUE(simulation.schedule.need()->is_known);
  // The page has others too, which were delivered.
  simulation.load({event(5), event(6), event(7)});
  EXPECT_EQ(simulation.schedule.need()->after, 8U);
  simulation.load({event(9), event(10)});
  EXPECT_EQ(simulation.schedule.need()->after, 20U);
  EXPECT_FALSE(simulation.schedule.need()->is_known);
  simulation.load({event(21)});
  simulation.run_until(kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{5, 9, 21}));
  EXPECT_TRUE(simulation.lost.empty());
}

TEST(WebhookSchedule, SaysWhatTheLogNoLongerHas) {
  Simulation simulation({.read = 20, .waiting = {{5, 0}, {9, 0}}});
  simulation.input(Schedule::Loaded{{event(9)}, 50, 8, true});
  ASSERT_EQ(simulation.lost.size(), 1U);
  EXPECT_EQ(simulation.lost[0].from, 5U);
  EXPECT_EQ(simulation.lost[0].to, 5U);
  simulation.input(Schedule::Loaded{{event(40)}, 50, 31, true});
  ASSERT_EQ(simulation.lost.size(), 2U);
  EXPECT_EQ(simulation.lost[1].from, 21U);
  EXPECT_EQ(simulation.lost[1].to, 30U);
  simulation.run_until(kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{9, 40}));
  EXPECT_EQ(simulation.schedule.position().read, 50U);
}

TEST(WebhookSchedule, FollowsALogThatBeganAnew) {
  Simulation simulation({.read = 1000, .waiting = {{999, 0}}});
  simulation.input(Schedule::Loaded{{}, 3, 1, true});
  EXPECT_EQ(simulation.lost.size(), 1U);
  simulation.input(Schedule::Loaded{{event(1), event(2)}, 3, 1, true});
  simulation.run_until(kS);
  EXPECT_EQ(simulation.taken, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(simulation.schedule.position().read, 3U);
}

TEST(WebhookSchedule, KeepsItsPlaceWhenTheFilterTakesNothing) {
  Simulation simulation;
  simulation.input(Schedule::Loaded{{}, 500, 1, false});
  EXPECT_EQ(simulation.schedule.position(), (Position{.read = 500, .waiting = {}}));
  EXPECT_EQ(simulation.schedule.oldest_unix_ms(), 0);
  simulation.load({event(501)});
  EXPECT_EQ(simulation.schedule.oldest_unix_ms(), kBeginUnixMs + 501);
}

TEST(WebhookSchedule, IgnoresAnAnswerThatNobodyWaitsFor) {
  Simulation simulation;
  simulation.load({event(1), event(2)});
  simulation.input(Schedule::Answered{2, delivered(), 0});
  simulation.input(Schedule::Answered{77, delivered(), 0});
  EXPECT_EQ(simulation.schedule.waiting(), 2U);
}

TEST(WebhookSchedule, LetsASlowReceiverHaveItsTimeWithoutASecondAttempt) {
  Simulation simulation;
  simulation.answer_ms = 19 * kS;
  simulation.load({event(1), event(2)});
  simulation.run_until(20 * kS);
  EXPECT_EQ(times_of(simulation, 1).size(), 1U);
  EXPECT_EQ(times_of(simulation, 2), std::vector<int64_t>{19 * kS});
}

}  // namespace
}  // namespace veche::events
