// SPDX-License-Identifier: Apache-2.0
// The server's own metrics as a plugin sees them.
#include <gmock/gmock.h>

#include <thread>

#include "plugin/services.hpp"
#include "services_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerMetricsTest : public ServicesFixture {
 protected:
  ServerMetricsTest() : ServicesFixture("pulse") {}
  static int32_t note(void* data, const veche_metric_info* info) {
    std::string line = std::string(info->plugin) + "|" + info->name;
    for (uint32_t i = 0; i < info->label_count; ++i) {
      line += std::string(" ") + info->labels[i].name + "=" + info->labels[i].value;
    }
    line += " " + std::to_string(static_cast<int>(static_cast<double>(info->value) * info->scale));
    for (uint32_t i = 0; info->kind == VECHE_METRIC_HISTOGRAM && i <= info->bound_count; ++i) {
      line += " " + std::to_string(info->counts[i]);
    }
    auto& seen = *static_cast<std::vector<std::string>*>(data);
    seen.push_back(line);
    return seen.size() == most ? VECHE_VISIT_END : VECHE_VISIT_NEXT;
  }
  static inline size_t most = 0;  // 0: all.
  std::vector<std::string> visit() {
    std::vector<std::string> seen;
    metrics_->visit_server(host_, note, &seen);
    return seen;
  }

  const veche_metrics* metrics_ = table<veche_metrics>(VECHE_HOST_METRICS);
};

TEST_F(ServerMetricsTest, AreVisitedWithLabelsAndScale) {
  surroundings_.server_metrics = [](MetricSink& sink) {
    static constexpr std::array<int64_t, 2> kBounds{10, 20};
    Histogram histogram(kBounds);
    histogram.add(12);
    histogram.add(3000);
    sink.gauge("veche_rooms", "Rooms", 7);
    sink.counter("veche_drops_total", "Drops", 2'000'000'000, {{"reason", "stale"}, {"lane", "1"}},
                 MetricSink::kNs);
    sink.histogram("veche_wait_seconds", "Waits", histogram.read(), 1);
  };
  EXPECT_THAT(visit(), ElementsAre("|veche_rooms 7", "|veche_drops_total reason=stale lane=1 2",
                                   "|veche_wait_seconds 3012 0 1 1"));
}

TEST_F(ServerMetricsTest, AreVisitedUntilTheVisitorHasSeenEnough) {
  surroundings_.server_metrics = [](MetricSink& sink) {
    for (int i = 0; i < 3; ++i) sink.gauge("veche_rooms", "Rooms", i);
  };
  most = 2;
  EXPECT_EQ(visit().size(), 2u);
  most = 0;
  EXPECT_EQ(visit().size(), 3u);
}

TEST_F(ServerMetricsTest, AreNotThereBeforeTheServerIs) { EXPECT_THAT(visit(), IsEmpty()); }

TEST_F(ServerMetricsTest, AreForTheControlThread) {
  surroundings_.server_metrics = [](MetricSink& sink) { sink.gauge("veche_rooms", "Rooms", 7); };
  std::thread([this] { EXPECT_THAT(visit(), IsEmpty()); }).join();
  EXPECT_EQ(services_.wrong_thread(), 1u);
}

TEST_F(ServerMetricsTest, DoNotCountAsThoseOfPlugins) {
  surroundings_.server_metrics = [](MetricSink& sink) { sink.gauge("veche_rooms", "Rooms", 7); };
  std::vector<std::string> seen;
  metrics_->visit(host_, note, &seen);
  EXPECT_THAT(seen, IsEmpty());
}

}  // namespace
}  // namespace veche::plugin
