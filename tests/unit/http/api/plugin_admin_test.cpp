// SPDX-License-Identifier: Apache-2.0
// Plugins over HTTP: read, disabled, enabled, and the permissions for that.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdlib>

#include "../../../abi/plugins/answerer.h"
#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class PluginAdminTest : public HttpTest {
 protected:
  void SetUp() override {
    const char* dir = getenv("VECHE_TEST_DIR");
    char config[64];
    snprintf(config, sizeof config, R"({"desk": "%)" PRIxPTR R"("})",
             reinterpret_cast<uintptr_t>(&desk_));
    plugins = nullptr;
    auto loaded = plugin::Host::load(
        loop, {{{"stage", std::string(dir ? dir : ".") + "/answerer.so", true, config}}, {}});
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    plugins = std::move(*loaded);
    start({});
  }
  void TearDown() override {
    HttpTest::TearDown();
    plugins = nullptr;
  }
  Answer set_enabled(bool enabled) {
    return json("PATCH", "/v1/plugins/stage",
                std::string(R"({"enabled": )") + (enabled ? "true}" : "false}"));
  }
  static bool says(const Answer& answer, const std::string& text) {
    return answer.body.find(text) != std::string::npos;
  }

  answerer_desk desk_{};
};

TEST_F(PluginAdminTest, ReadsOne) {
  const Answer answer = get("/v1/plugins/stage");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(says(answer, R"("state":"running")")) << answer.body;
  EXPECT_TRUE(says(answer, R"("limit_ns":50000000,"slow":0,"failures":0)")) << answer.body;
  EXPECT_EQ(get("/v1/plugins/nobody").status, 404);
}

TEST_F(PluginAdminTest, DisablesAndEnables) {
  const Answer disabled = set_enabled(false);
  EXPECT_EQ(disabled.status, 200) << disabled.body;
  EXPECT_TRUE(says(disabled, R"("state":"disabled")")) << disabled.body;
  EXPECT_EQ(get("/v1/plugins/stage/rooms/blue/stage").status, 404) << "its routes are gone";
  EXPECT_EQ(set_enabled(false).status, 409);
  const Answer enabled = set_enabled(true);
  EXPECT_EQ(enabled.status, 200) << enabled.body;
  EXPECT_TRUE(says(enabled, R"("state":"running")")) << enabled.body;
  EXPECT_EQ(get("/v1/plugins/stage/rooms/blue/stage").status, 200);
  EXPECT_EQ(set_enabled(true).status, 409);
}

TEST_F(PluginAdminTest, ChangesNothingForABodyThatIsWrong) {
  for (const char* body :
       {R"({"enabled": 1})", R"({"enabled": null})", R"({"state": "x"})", "[]"}) {
    EXPECT_EQ(json("PATCH", "/v1/plugins/stage", body).status, 400) << body;
  }
  EXPECT_EQ(json("PATCH", "/v1/plugins/stage", "{}").status, 200);
  EXPECT_EQ(json("PATCH", "/v1/plugins/nobody", R"({"enabled": true})").status, 404);
  EXPECT_TRUE(says(get("/v1/plugins/stage"), R"("state":"running")"));
}

TEST_F(PluginAdminTest, IsForAdministrators) {
  for (const char* key : {"back.backsecret", "eye.eyesecret", "graph.graphsecret"}) {
    const Answer answer = call({.method = "PATCH",
                                .path = "/v1/plugins/stage",
                                .body = R"({"enabled": false})",
                                .content_type = "application/json",
                                .key = key});
    EXPECT_EQ(answer.status, 403) << key << answer.body;
  }
}

}  // namespace
}  // namespace veche::http
