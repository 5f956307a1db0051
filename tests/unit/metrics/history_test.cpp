// SPDX-License-Identifier: Apache-2.0
// The history: the values of each second, and its bounded size.
#include "metrics/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metric.hpp"

namespace veche::metrics {
namespace {

using ::testing::HasSubstr;

Snapshot snapshot_of(const std::vector<TestMetric>& metrics) {
  Snapshot snapshot;
  for (const TestMetric& metric : metrics) snapshot.add(metric.info());
  return snapshot;
}

TEST(History, SaysWhatASecondCameTo) {
  const auto at = [](int64_t n) {
    return snapshot_of({
        {.kind = VECHE_METRIC_GAUGE, .name = "veche_rooms", .value = 2},
        {.kind = VECHE_METRIC_GAUGE,
         .name = "veche_sessions",
         .value = 9,
         .labels = {{"state", "connected"}}},
        {.kind = VECHE_METRIC_GAUGE,
         .name = "veche_sessions",
         .value = 1,
         .labels = {{"state", "closing"}}},
        {.name = "veche_packets_received_total", .value = 100 * n},
        {.name = "veche_packets_lost_total",
         .value = 25 * n,
         .labels = {{"direction", "received"}}},
        {.name = "veche_lane_busy_seconds_total",
         .value = 500'000'000 * n,
         .scale = 1e-9,
         .labels = {{"lane", "0"}}},
        {.name = "veche_lane_busy_seconds_total",
         .value = 0,
         .scale = 1e-9,
         .labels = {{"lane", "1"}}},
        {.kind = VECHE_METRIC_HISTOGRAM,
         .name = "veche_round_trip_seconds",
         .value = 40'000'000 * n,
         .scale = 1e-9,
         .bounds = {1},
         .counts = {uint64_t(n), uint64_t(n)}},
    });
  };
  History history(10);
  history.add(at(1), 1000, 1000);
  EXPECT_THAT(history.json(), HasSubstr(R"("rooms":[])")) << "a rate needs two looks";
  history.add(at(2), 2000, 2000);
  history.add(at(4), 4000, 4000);
  const std::string json = history.json();
  EXPECT_THAT(json, HasSubstr(R"("time_unix_ms":[2000,4000])"));
  EXPECT_THAT(json, HasSubstr(R"("rooms":[2,2])"));
  EXPECT_THAT(json, HasSubstr(R"("sessions":[9,9])"));
  EXPECT_THAT(json, HasSubstr(R"("packets_in_per_s":[100,100])"));
  EXPECT_THAT(json, HasSubstr(R"("loss_in":[0.2,0.2])"));
  EXPECT_THAT(json, HasSubstr(R"("lane_load":[0.25,0.25])"));
  EXPECT_THAT(json, HasSubstr(R"("round_trip_ms":[20,20])"));
  EXPECT_THAT(json, HasSubstr(R"("forward_ms":[0,0])")) << "nothing was forwarded";
}

TEST(History, ShowsHowTheListenersOfPluginsAdaptiveAre) {
  const auto metric = [](const char* name, int64_t value, const char* plugin) {
    return TestMetric{.kind = VECHE_METRIC_GAUGE, .name = name, .value = value, .plugin = plugin};
  };
  History history(3);
  for (int64_t second = 1; second <= 2; ++second) {
    history.add(
        snapshot_of({metric("fair_listeners", 4, "adaptive"),
                     metric("poor_listeners", 3, "adaptive"), metric("cut_slots", 5, "adaptive"),
                     metric("cut_slots", 9, "scissors")}),
        1000 * second, 1000 * second);
  }
  EXPECT_THAT(history.json(), HasSubstr(R"("fair_listeners":[4])"));
  EXPECT_THAT(history.json(), HasSubstr(R"("poor_listeners":[3])"));
  EXPECT_THAT(history.json(), HasSubstr(R"("cut_slots":[5])"));
}

TEST(History, KeepsTheNewestRowsAndNoMore) {
  History history(3);
  for (int64_t second = 1; second <= 7; ++second) history.add({}, 1000 * second, 1000 * second);
  EXPECT_EQ(history.size(), 3u);
  EXPECT_THAT(history.json(), HasSubstr(R"("time_unix_ms":[5000,6000,7000])"));
}

TEST(History, DoesNotCountAClockThatStandsStill) {
  History history(3);
  history.add({}, 1000, 1000);
  history.add({}, 1000, 1000);
  EXPECT_EQ(history.size(), 0u);
}

TEST(History, HasRatesThatDoNotKnowOfAWallClockThatJumps) {
  const auto received = [](int64_t packets) {
    return snapshot_of({{.name = "veche_packets_received_total", .value = packets}});
  };
  History history(3);
  history.add(received(100), 1'700'000'000'000, 5000);
  history.add(received(200), 1'700'000'900'000, 6000);  // Set forward by 15 minutes,
  history.add(received(300), 1'600'000'000'000, 7000);  // and back by years.
  EXPECT_THAT(history.json(), HasSubstr(R"("packets_in_per_s":[100,100])"));
}

TEST(History, ExplainsItsColumns) {
  for (const History::Column& column : History::columns()) {
    EXPECT_THAT(History(1).json(), HasSubstr("\"" + std::string(column.name) + "\":[]"));
  }
}

}  // namespace
}  // namespace veche::metrics
