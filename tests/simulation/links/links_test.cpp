// SPDX-License-Identifier: Apache-2.0
// The estimate of a link meets its bounds in every case: time to notice a fall and to find a rise,
// use, queueing delay, loss and changes. A failure names its case and seed.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>

#include "cases.hpp"
#include "drawing.hpp"
#include "traces.hpp"

namespace veche::simulation {

void PrintTo(const Case& the_case, std::ostream* out) { *out << the_case.id; }

namespace {

class LinkCase : public testing::TestWithParam<Case> {};

/// Without chance all seeds give the same.
bool has_chance(const Scenario& scenario) {
  const PropagationModel& way = scenario.propagation;
  return way.loss > 0 || way.burst_loss > 0 || way.jitter_ms > 0 ||
         scenario.media[0].client.feedback_loss > 0;
}

TEST_P(LinkCase, MeetsItsBounds) {
  const Bounds& bounds = GetParam().bounds;
  const uint32_t seeds = has_chance(GetParam().scenario) ? 3 : 1;
  for (uint32_t seed = 1; seed <= seeds; ++seed) {
    for (const Figures& figures : run(GetParam().scenario, seed).figures) {
      SCOPED_TRACE(seed);
      EXPECT_FALSE(figures.is_stuck);
      EXPECT_LE(figures.notice_ms, bounds.notice_ms);
      EXPECT_LE(figures.find_ms, bounds.find_ms);
      EXPECT_GE(figures.use, bounds.least_use);
      EXPECT_LE(figures.queue_p95_ms, bounds.queue_p95_ms);
      EXPECT_LE(figures.loss, bounds.loss);
      EXPECT_LE(figures.changes, bounds.changes);
    }
  }
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.id;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Voice, LinkCase, testing::ValuesIn(voice_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Video, LinkCase, testing::ValuesIn(video_cases()), name_of);

TEST(LinkCases, TheSameSeedGivesTheSameRunBitForBit) {
  for (const Case& the_case : voice_cases()) {
    if (the_case.id != "lossy") continue;
    const auto first = run(the_case.scenario, 5), second = run(the_case.scenario, 5);
    ASSERT_EQ(first.samples[0].size(), second.samples[0].size());
    for (size_t i = 0; i < first.samples[0].size(); ++i) {
      ASSERT_EQ(first.samples[0][i].state, second.samples[0][i].state) << i;
    }
    return;
  }
  FAIL() << "there is no such case";
}

class TraceFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "veche-traces";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string folder_;
};

TEST_F(TraceFolder, IsReadAsOpenNetLabWritesIt) {
  write("b.json", R"({"type": "video", "downlink": {}, "uplink": {"trace_pattern": [
      {"duration": 2896, "capacity": 179, "loss": 0, "rtt": 90, "jitter": 0},
      {"duration": 613.5, "capacity": 2.4, "loss": 0.2, "rtt": 110, "jitter": 4}]}})");
  write("a.json", R"({"uplink": {"trace_pattern": [
      {"duration": 200.0, "capacity": 291.76, "time": 0}]}})");
  write("notes.txt", "no trace");
  std::string errors;
  const auto scenarios = read_traces(folder_, errors);
  EXPECT_EQ(errors, "");
  ASSERT_EQ(scenarios.size(), 2u);
  EXPECT_EQ(scenarios[0].name, "a");
  EXPECT_EQ(scenarios[1].name, "b");
  EXPECT_GE(scenarios[1].duration_s, 60);  // It is repeated.
  ASSERT_GE(scenarios[1].bottleneck.rates.size(), 3u);
  EXPECT_EQ(scenarios[1].bottleneck.rates[1].from_us, 2'896'000);
  EXPECT_EQ(scenarios[1].bottleneck.rates[1].bps, 10'000);  // The least that is modelled.
  EXPECT_EQ(scenarios[1].bottleneck.rates[2].from_us, 3'509'500);
  EXPECT_EQ(scenarios[1].bottleneck.rates[2].bps, 179'000);
  EXPECT_EQ(scenarios[1].propagation.delay_ms, 45);
}

TEST_F(TraceFolder, NamesAFileThatIsNoTrace) {
  write("a.json", "{");
  write("b.json", R"({"uplink": {"trace_pattern": [{"duration": -5, "capacity": 7}]}})");
  write("c.json", R"({"uplink": 3})");
  std::string errors;
  EXPECT_TRUE(read_traces(folder_, errors).empty());
  for (const char* name : {"a.json", "b.json", "c.json"}) {
    EXPECT_NE(errors.find(name), std::string::npos) << errors;
  }
  EXPECT_TRUE(read_traces(folder_ + "/none", errors).empty());
  EXPECT_NE(errors.find("none"), std::string::npos) << errors;
}

TEST(Drawing, ShowsEstimateAndCapacityOfEachCase) {
  const Scenario scenario = voice_cases().front().scenario;
  const std::string svg = draw({{scenario, run(scenario)}});
  EXPECT_EQ(svg.rfind("<svg", 0), 0u);
  EXPECT_NE(svg.find(scenario.name), std::string::npos);
  EXPECT_NE(svg.find("class=\"capacity\""), std::string::npos);
  EXPECT_NE(svg.find("class=\"estimate\""), std::string::npos);
}

}  // namespace
}  // namespace veche::simulation
