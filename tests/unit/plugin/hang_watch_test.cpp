// SPDX-License-Identifier: Apache-2.0
// Calls that do not return: who is told, how often, and when the process ends without them.
#include "plugin/hang_watch.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "plugin/hook_timer.hpp"

namespace veche::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunningHook call(const char* plugin, const char* hook, int64_t since_s, ThreadRole role) {
  return {&hook_label(plugin, hook), since_s * kNsPerS, role};
}

std::vector<std::string> texts(const std::vector<HangWatch::Line>& lines) {
  std::vector<std::string> texts;
  for (const auto& [plugin, text, has_returned] : lines) texts.push_back(plugin + ": " + text);
  return texts;
}

TEST(RunningHooks, AreThoseOfAllThreadsAndOfNestedOnesTheOuter) {
  EXPECT_EQ(HookMark::current(), nullptr);
  HookTimer outer("outer", 0, "nested"), inner("inner", 0, "nested"), other("select", 0, "other");
  {
    const HookTimer::Span first(outer);
    const HookTimer::Span second(inner);
    EXPECT_EQ(HookMark::current()->hook, "inner");
    EXPECT_EQ(HookTimer::current(), &inner);
    std::thread([&] {
      const ActAs lane(ThreadRole::Lane);
      EXPECT_EQ(HookTimer::current(), nullptr);
      const HookTimer::Span third(other);
      std::vector<std::string> names;
      for (const RunningHook& each : running_hooks()) {
        names.push_back(each.label->plugin + " " + each.label->hook);
        EXPECT_EQ(each.role == ThreadRole::Lane, each.label->plugin == "other");
        EXPECT_LE(each.since_ns, monotonic_ns());
      }
      EXPECT_THAT(names, ::testing::UnorderedElementsAre("nested outer", "other select"));
    }).join();
  }
  EXPECT_THAT(running_hooks(), IsEmpty());
}

TEST(RunningHooks, BeyondWhatIsWatchedCallsGoOn) {
  HookTimer timer("decide", 0, "many");
  std::vector<std::unique_ptr<std::thread>> threads;
  std::atomic<int> inside{0};
  std::atomic<bool> may_end{false};
  for (int i = 0; i < 300; ++i) {
    threads.push_back(std::make_unique<std::thread>([&] {
      const HookTimer::Span span(timer);
      ++inside;
      may_end.wait(false);
    }));
  }
  while (inside < 300) std::this_thread::yield();
  EXPECT_EQ(running_hooks().size(), 256u);
  may_end = true;
  may_end.notify_all();
  for (const auto& thread : threads) thread->join();
  EXPECT_EQ(timer.calls(), 300u);
  EXPECT_THAT(running_hooks(), IsEmpty());
}

TEST(HangWatch, NamesPluginAndHookAndSaysLessAndLessOften) {
  HangWatch watch;
  const std::vector<RunningHook> running = {call("stage", "selector.select", 10, ThreadRole::Lane)};
  std::vector<int> reported_at_s;
  for (int now_s = 10; now_s <= 200; ++now_s) {
    const auto lines = watch.look(running, now_s * kNsPerS);
    if (lines.empty()) continue;
    reported_at_s.push_back(now_s - 10);
    EXPECT_THAT(lines[0].text, HasSubstr("has not returned for " + std::to_string(now_s - 10)));
  }
  EXPECT_THAT(reported_at_s, ElementsAre(2, 4, 8, 16, 32, 64, 124, 184));
  EXPECT_THAT(texts(watch.look({}, 201 * kNsPerS)),
              ElementsAre("stage: selector.select has returned, after 191 s"));
  EXPECT_THAT(watch.look({}, 202 * kNsPerS), IsEmpty());
}

TEST(HangWatch, SaysWhatWaits) {
  HangWatch watch;
  EXPECT_THAT(texts(watch.look({call("a", "selector.select", 0, ThreadRole::Lane),
                                call("b", "observer.on_event", 1, ThreadRole::Control),
                                call("c", "create", 2, ThreadRole::Control)},
                               3 * kNsPerS)),
              ElementsAre(AllOf(HasSubstr("a: selector.select"), HasSubstr("silent")),
                          AllOf(HasSubstr("b: observer.on_event"), HasSubstr("API"))));
}

TEST(HangWatch, TakesTheNextCallOfTheSameHookForAnother) {
  HangWatch watch;
  for (int now_s = 0; now_s < 60; ++now_s) {
    EXPECT_THAT(watch.look({call("a", "selector.select", now_s - now_s % 2, ThreadRole::Lane)},
                           now_s * kNsPerS),
                IsEmpty());
  }
}

TEST(EndWatch, WaitsForPluginsAsLongAsTheyMayTake) {
  const struct {
    const char *what, *hook;
    ThreadRole role;
    int begun_s, asked_s, stopping_s, ends_s;  // -1: never.
  } cases[] = {
      {"nobody asked", "observer.on_event", ThreadRole::Control, 0, -1, -1, -1},
      {"control hangs already", "observer.on_event", ThreadRole::Control, 0, 50, -1, 55},
      {"control hangs later", "observer.on_event", ThreadRole::Control, 52, 50, -1, 57},
      {"a lane may hang while others have calls", "selector.select", ThreadRole::Lane, 0, 50, -1,
       -1},
      {"a lane hangs at the end", "selector.select", ThreadRole::Lane, 0, 50, 60, 65},
      {"a plugin writes its files", "stop", ThreadRole::Control, 61, 50, 60, 120},
  };
  for (const auto& each : cases) {
    EndWatch watch;
    int ended_s = -1;
    std::string line;
    for (int now_s = 0; now_s < 200 && ended_s < 0; ++now_s) {
      if (now_s == each.asked_s) watch.ask(now_s * kNsPerS);
      if (now_s == each.stopping_s) watch.begin_stop(now_s * kNsPerS);
      std::vector<RunningHook> running;
      if (now_s >= each.begun_s) running = {call("stage", each.hook, each.begun_s, each.role)};
      if (const auto last = watch.look(running, now_s * kNsPerS)) {
        ended_s = now_s;
        line = *last;
      }
    }
    EXPECT_EQ(ended_s, each.ends_s) << each.what;
    if (each.ends_s >= 0 && each.hook != std::string("stop")) {
      EXPECT_THAT(line, AllOf(HasSubstr("plugin \"stage\""), HasSubstr(each.hook))) << each.what;
    }
  }
}

}  // namespace
}  // namespace veche::plugin
