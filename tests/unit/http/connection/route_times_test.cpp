// SPDX-License-Identifier: Apache-2.0
// Request times: by route, never by the names in a path.
#include <map>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class RouteTimesTest : public HttpTest {
 protected:
  /// The number of requests, or the value, by labels.
  std::map<std::string, uint64_t> read() {
    std::map<std::string, uint64_t> values;
    MetricSink sink([&values](const MetricSample& metric) {
      std::string name;
      for (const MetricLabel& label : metric.labels) {
        name += (name.empty() ? "" : " ") + std::string(label.value);
      }
      uint64_t& value = values[name];
      value = static_cast<uint64_t>(metric.value);
      if (!metric.histogram) return;
      value = 0;
      for (const uint64_t count : metric.histogram->counts) value += count;
    });
    server->put_metrics(sink);
    return values;
  }
};

TEST_F(RouteTimesTest, CountRequestsByThePatternOfTheirRoute) {
  const size_t series = read().size();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(json("PUT", "/v1/rooms/room-" + std::to_string(i), "{}").status, 201);
    EXPECT_EQ(get("/v1/rooms/room-" + std::to_string(i)).status, 200);
    EXPECT_EQ(get("/nothing/here-" + std::to_string(i)).status, 404);
  }
  auto values = read();
  EXPECT_EQ(values["PUT /v1/rooms/{room}"], 5u);
  EXPECT_EQ(values["GET /v1/rooms/{room}"], 5u);
  EXPECT_EQ(values["any none"], 5u);
  EXPECT_EQ(values["2xx"], 10u);
  EXPECT_EQ(values["4xx"], 5u);
  EXPECT_EQ(values.size(), series) << "a request has made a series";
}

TEST_F(RouteTimesTest, CountWhatIsRefusedWithItsRoute) {
  EXPECT_EQ(call({.path = "/v1/rooms", .key = "nobody.knows"}).status, 401);
  EXPECT_EQ(read()["GET /v1/rooms"], 1u);
}

}  // namespace
}  // namespace veche::http
