// SPDX-License-Identifier: Apache-2.0
// Webhooks of the configuration become settings, or a list of problems with their places.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "parse_config.hpp"

namespace veche::main {
namespace {

using test::bad;
using test::good;

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string with(const std::string& members, const std::string& more = "") {
  return R"({"events": {"webhooks": [{"name": "ops", "url": "https://a.example/x", )" + members +
         "}]" + more + "}}";
}
std::string secrets(const std::string& list) { return "\"secrets\": [" + list + "]"; }
const std::string kSound = secrets('"' + std::string(kSecret) + '"');

TEST(ConfigWebhooks, ReadEveryKey) {
  const Config config =
      good(with(kSound + R"(, "types": ["participant.*"], "rooms": ["blue", "lesson-*"],
                              "enabled": false)",
                R"(, "webhooks_allow_private": true, "webhooks_allow_http": true)"));
  const events::WebhookSettings& settings = config.webhooks;
  ASSERT_EQ(settings.webhooks.size(), 1U);
  const events::Webhook expected{.name = "ops",
                                 .url = "https://a.example/x",
                                 .secrets = {kSecret},
                                 .types = {"participant.*"},
                                 .rooms = {"blue", "lesson-*"},
                                 .enabled = false};
  EXPECT_EQ(settings.webhooks[0], expected);
  EXPECT_TRUE(settings.rules.allow_private);
  EXPECT_TRUE(settings.rules.allow_http);
  EXPECT_EQ(settings.ca_file, "");
  EXPECT_EQ(good("{}").webhooks, events::WebhookSettings{});
}

TEST(ConfigWebhooks, TakeSecretsFromTheEnvironmentAndFromFiles) {
  ::setenv("VECHE_TEST_WEBHOOK", kSecret, 1);
  EXPECT_EQ(good(with(secrets("\"${VECHE_TEST_WEBHOOK}\""))).webhooks.webhooks.at(0).secrets,
            std::vector<std::string>{kSecret});
  ::unsetenv("VECHE_TEST_WEBHOOK");
  const std::string file = testing::TempDir() + "veche-webhook-secret";
  std::ofstream(file) << kSecret << "\n";
  EXPECT_EQ(good(with("\"secret_files\": [\"" + file + "\"]")).webhooks.webhooks.at(0).secrets,
            std::vector<std::string>{kSecret});
  std::ofstream(file) << "too short";
  EXPECT_NE(
      bad(with("\"secret_files\": [\"" + file + "\"]")).find("/events/webhooks/0/secret_files/0"),
      std::string::npos);
  std::filesystem::remove(file);
}

TEST(ConfigWebhooks, AreRefusedWithTheirPlace) {
  struct Case {
    std::string text;
    const char* part;
  };
  const Case cases[] = {
      {with("\"enabled\": true"), "/events/webhooks/0: has no secret"},
      {with(kSound + R"(, "secret_files": ["x"])"), "/events/webhooks/0: has secrets and"},
      {with(secrets("\"${VECHE_NOT_SET}\"")), "/events/webhooks/0/secrets/0: the environment"},
      {with(secrets("\"devsecret\"")), "/events/webhooks/0/secrets/0: this secret does not begin"},
      {with(kSound + R"(, "types": ["A B"])"), "/events/webhooks/0/types/0"},
      {with(kSound + R"(, "rooms": ["*"])"), "/events/webhooks/0/rooms/0"},
      {with(kSound, R"(, "webhooks_ca_file": "/nowhere/ca.pem")"), "/events/webhooks_ca_file"},
      {R"({"events": {"webhooks": [{"name": "ops", "url": "http://a.example/", )" + kSound + "}]}}",
       "/events/webhooks/0/url: http is not encrypted"},
      {R"({"events": {"webhooks": [{"name": "a", "url": "https://a.example/", )" + kSound +
           R"(}, {"name": "a", "url": "https://b.example/", )" + kSound + "}]}}",
       "/events/webhooks/1/name: \"a\" is the name of an earlier webhook"},
  };
  for (const Case& each : cases) {
    const std::string problems = bad(each.text);
    EXPECT_NE(problems.find(each.part), std::string::npos) << each.part << " in " << problems;
    EXPECT_EQ(problems.find("MfKQ9r8"), std::string::npos) << "it shows the secret";
    EXPECT_EQ(problems.find("devsecret"), std::string::npos) << "it shows the secret";
  }
}

}  // namespace
}  // namespace veche::main
