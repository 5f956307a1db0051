// SPDX-License-Identifier: Apache-2.0
// Tests of SIGHUP's work: settings that change at once, those that need a restart, and refusals.
#include "main/reload.hpp"

#include <fstream>

#include "../events/webhooks/fake_courier.hpp"
#include "../plugin/temporary_dir.hpp"
#include "../room/fake_media.hpp"
#include "main/check_config.hpp"
#include "parse_config.hpp"

namespace veche::main {
namespace {

using test::good;
using Keys = std::vector<std::string>;

constexpr char kKeys[] =
    R"({"auth": {"keys": [{"id": "k", "secret": "0123456789abcdef", "scopes": ["admin"]}]}, )";

TEST(RestartNeeded, NamesEachKeyThatCannotChange) {
  const Config running = good("{}");
  EXPECT_EQ(restart_needed(running, good("{}")), Keys{});
  const auto keys = [&](const std::string& text) { return restart_needed(running, good(text)); };
  EXPECT_EQ(keys(R"({"http": {"listen": ["127.0.0.1:1"]}})"), Keys{"http.listen"});
  EXPECT_EQ(keys(R"({"media": {"addresses": ["127.0.0.2"], "ports": [2000, 2999], "lanes": 3,
                               "path": "pipeline", "peer_timeout_s": 5, "dscp": 0, "without_selector": "nobody",
                               "external_addresses": {"127.0.0.2": "203.0.113.7"}}})"),
            (Keys{"media.addresses", "media.ports", "media.path", "media.external_addresses",
                  "media.peer_timeout_s", "media.lanes", "media.without_selector", "media.dscp"}));
  EXPECT_EQ(keys(R"({"events": {"file": "events.db"}})"), Keys{"events"});
  EXPECT_EQ(keys(R"({"events": {"retention_days": 1}})"), Keys{"events"});
  EXPECT_EQ(keys(R"({"plugins": []})"), Keys{"plugins"});
  EXPECT_EQ(keys(R"({"plugins": [{"name": "forwarding", "path": "x.so"}]})"), Keys{"plugins"});
  EXPECT_EQ(keys(R"({"plugin_dirs": ["here"]})"), Keys{"plugin_dirs"});
}

TEST(RestartNeeded, IsNotForWhatCanChange) {
  EXPECT_EQ(restart_needed(good("{}"), good(R"({
      "http": {"cors_origins": ["*"], "static_dir": "/", "api_page": "x.js"},
      "server": {"drain_deadline_s": 1},
      "auth": {"keys": [{"id": "k", "secret": "0123456789abcdef", "scopes": ["admin"]}]},
      "media": {"ice_servers": [{"urls": ["stun:s.example"]}]},
      "rooms": {"auto_create": false, "max_rooms": 1, "max_participants": 1, "empty_timeout_s": 1,
                "max_audio_slots": 1, "max_video_slots": 1, "audio_packets_per_s": 10,
                "audio_bitrate_bps": 16000},
      "log": {"level": "debug", "format": "json"},
      "plugins": [{"name": "forwarding", "required": true, "config": {"max_speakers": 2}}]})")),
            Keys{});
}

TEST(RestartNeeded, IsForTlsThatComesOrGoesNotForAnotherCertificate) {
  Config plain = good("{}"), first = plain, second = plain;
  first.http.tls = {"a.pem", "a.key"};
  second.http.tls = {"b.pem", "b.key"};
  EXPECT_EQ(restart_needed(plain, first), Keys{"http.tls"});
  EXPECT_EQ(restart_needed(first, plain), Keys{"http.tls"});
  EXPECT_EQ(restart_needed(first, second), Keys{});
}

TEST(ChangedPlugins, AreThoseOfTheStartWhoseSettingsDiffer) {
  const Config started = good(R"({"plugins": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})");
  const Config next = good(R"({"plugins": [{"name": "c", "path": "elsewhere.so"},
      {"name": "b", "config": {"x": 1}}, {"name": "a", "time_limits": {"lane_us": 7}},
      {"name": "new"}]})");
  const auto changed = changed_plugins(started, started, next);
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[0].name, "b");
  EXPECT_EQ(changed[0].config, R"({"x":1})");
  EXPECT_EQ(changed[1].name, "a");
  EXPECT_EQ(changed[1].time_limits.lane_us, 7u);
  EXPECT_TRUE(changed_plugins(started, next, next).empty()) << "they have been told";
  EXPECT_EQ(changed_plugins(started, next, started).size(), 3u) << "and now the former ones";
}

TEST(ProblemsUntilRestart, TheKeyThatEverybodyKnowsIsOneWhileOthersReachTheServer) {
  const Config on_loopback =
      good(R"({"auth": {"keys": [{"id": "dev", "secret": "devsecret", "scopes": ["admin"]}]}})");
  const Config open = good(std::string(kKeys) + R"("http": {"listen": ["0.0.0.0:80"]}})");
  EXPECT_TRUE(problems_until_restart(on_loopback, on_loopback).empty());
  EXPECT_TRUE(problems_until_restart(open, open).empty());
  const auto problems = problems_until_restart(open, on_loopback);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].pointer, "/auth/keys/0");

  const Config public_signing = good(R"({"auth": {"signing_keys": [
      {"kid": "a", "secret": "0123456789abcdef0123456789abcdef"},
      {"kid": "b", "secret": "devsigningsecret-for-trials-on-loopback"}]}})");
  EXPECT_TRUE(problems_until_restart(public_signing, public_signing).empty());
  const auto signing_problems = problems_until_restart(open, public_signing);
  ASSERT_EQ(signing_problems.size(), 1u);
  EXPECT_EQ(signing_problems[0].pointer, "/auth/signing_keys/1");
}

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    write(R"("http": {"listen": ["127.0.0.1:0"]}, "plugins": []})");
    LoadedConfig first = check_config(file(), {});
    EXPECT_TRUE(first.problems.empty()) << problem_lines("f", first.problems);
    plugins_ = std::move(plugin::Host::load(loop_, first.config.plugins)).value();
    events_ = std::move(events::Log::open(loop_, first.config.events)).value();
    webhooks_ =
        events::Webhooks::start(loop_, *events_, std::make_unique<events::FakeCourier>(),
                                first.config.webhooks, events::real_now, events::real_random)
            .value();
    http_ = std::move(http::Server::start(loop_, first.config.http, rooms_, *plugins_, *events_,
                                          *webhooks_))
                .value();
    reload_.emplace(
        first.config, [this] { return check_config(file(), {}); }, *plugins_, rooms_, *http_,
        *webhooks_);
  }
  void write(const std::string& rest) { directory_.write("veche.json", kKeys + rest); }
  std::string file() const { return directory_.file("veche.json"); }
  void reload(const std::string& rest) {
    write(rest);
    reload_->run();
  }

  glib::ControlLoop loop_;
  room::FakeEngine engine_;
  TemporaryDir directory_;
  room::Server rooms_{loop_, engine_, {}, 0};
  std::unique_ptr<plugin::Host> plugins_;
  std::unique_ptr<events::Log> events_;
  std::unique_ptr<events::Webhooks> webhooks_;
  std::unique_ptr<http::Server> http_;
  std::optional<Reload> reload_;
};

TEST_F(ReloadTest, SwapsLimitsAndTheLog) {
  reload(R"("rooms": {"max_rooms": 7}, "server": {"drain_deadline_s": 8},
            "log": {"level": "error"}, "plugins": []})");
  EXPECT_EQ(rooms_.limits().max_rooms, 7u);
  EXPECT_EQ(rooms_.limits().drain_deadline_s, 8u);
  EXPECT_FALSE(log::enabled(log::Level::Info));
  log::configure(log::Level::Info, log::Format::Text);
}

TEST_F(ReloadTest, ChangesWebhooks) {
  reload(R"("plugins": [], "events": {"webhooks": [{"name": "ops", "url": "https://a.example/",
            "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}]}})");
  EXPECT_EQ(webhooks_->all().count("ops"), 1u);
  reload(R"("plugins": []})");
  EXPECT_TRUE(webhooks_->all().empty());
}

TEST_F(ReloadTest, ChangesNothingForAFileWithAProblemAnywhere) {
  for (const char* rest :
       {R"("rooms": {"max_rooms": 7}, "plugins": [{"name": "nothing"}]})",
        R"("rooms": {"max_rooms": 7}, "media": {"lanes": -1}, "plugins": []})",
        R"("rooms": {"max_rooms": 7}, "http": {"tls": {"certificate": "no.pem"}}, "plugins": []})",
        R"("rooms": {"max_rooms": 7)", R"("rooms": {"max_rooms": 7}, "auth": {}})"}) {
    reload(rest);
    EXPECT_EQ(rooms_.limits().max_rooms, room::Limits{}.max_rooms) << rest;
  }
  std::ofstream(file()) << "";
  reload_->run();
  EXPECT_EQ(rooms_.limits().max_rooms, room::Limits{}.max_rooms);
}

}  // namespace
}  // namespace veche::main
