// SPDX-License-Identifier: Apache-2.0
// The real server with a plugin whose requests the test can answer itself.
#pragma once

#include <cinttypes>
#include <cstdlib>

#include "../../../abi/plugins/answerer.h"
#include "../http_fixture.hpp"

namespace veche::http {

class AnswererTest : public HttpTest {
 protected:
  void SetUp() override {
    load(true);
    start({});
  }
  void TearDown() override {
    HttpTest::TearDown();
    plugins = nullptr;
  }
  void load(bool serves_metrics, bool public_metrics = false) {
    const char* dir = getenv("VECHE_TEST_DIR");
    char config[64];
    snprintf(config, sizeof config, R"({"desk": "%)" PRIxPTR R"("})",
             reinterpret_cast<uintptr_t>(&desk));
    plugin::PluginRequest stage{"stage", std::string(dir ? dir : ".") + "/answerer.so", true,
                                config, serves_metrics};
    stage.public_metrics = public_metrics;
    server = nullptr;
    plugins = nullptr;
    auto loaded = plugin::Host::load(loop, {{stage}, {}});
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    plugins = std::move(*loaded);
  }
  /// A request that the plugin holds unanswered.
  std::unique_ptr<RawClient> ask_open(const std::string& headers = "", int receive_buffer_bytes = 0,
                                      const std::string& method = "GET") {
    const uint32_t before = desk.handled;
    auto client = std::make_unique<RawClient>(loop, url(), receive_buffer_bytes);
    client->send(text_of({.method = method, .path = "/v1/plugins/stage/open", .headers = headers}));
    client->receive_until([&] { return desk.handled > before; });
    EXPECT_EQ(desk.handled, before + 1) << client->received;
    return client;
  }
  veche_status reply(uint64_t id) const {
    return desk.http->reply(desk.host, id, 200, nullptr, "[1]", 3);
  }
  static void expect_problem(const Answer& answer, int status, const std::string& type) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_NE(answer.body.find("\"type\":\"/problems/" + type + "\""), std::string::npos)
        << answer.body;
  }

  answerer_desk desk{};
};

}  // namespace veche::http
