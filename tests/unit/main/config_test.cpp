// SPDX-License-Identifier: Apache-2.0
// Configurations become settings, or a list of problems with their places.
#include "main/config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "main/check_config.hpp"
#include "parse_config.hpp"

namespace veche::main {
namespace {

using test::bad;
using test::good;
using test::kPlaces;

/// A directory that is removed after the test.
class Directory {
 public:
  Directory() : path_(testing::TempDir() + "veche-config-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& content) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file) << content;
    return file;
  }

 private:
  std::string path_;
};

std::string key(const std::string& members) {
  return R"({"auth":{"keys":[{"id":"k","scopes":["rooms"],)" + members + "}]}}";
}

TEST(Config, HasDefaultsForEverythingAndListensOnLoopbackOnly) {
  const Config config = good("{}");
  EXPECT_EQ(config.http.listen, std::vector<std::string>{"127.0.0.1:8080"});
  EXPECT_TRUE(config.http.cors_origins.empty());
  EXPECT_EQ(config.http.static_dir, "");
  EXPECT_EQ(config.http.api_page, "");
  EXPECT_TRUE(config.http.keys.empty());
  EXPECT_TRUE(config.http.ice_servers.empty());
  ASSERT_EQ(config.plugins.plugins.size(), 1U);
  EXPECT_EQ(config.plugins.plugins[0].name, "forwarding");
  EXPECT_FALSE(config.plugins.plugins[0].required);
  EXPECT_EQ(config.plugins.plugins[0].path, "");
  EXPECT_EQ(config.plugins.plugins[0].config, "{}");
  EXPECT_EQ(config.plugins.plugin_dirs, kPlaces.plugin_dirs);
  EXPECT_EQ(config.log_level, log::Level::Info);
  EXPECT_EQ(config.log_format, log::Format::Text);
}

TEST(Config, HasTheDefaultsOfTheLayers) {
  const Config config = good("{}");
  const room::Limits rooms;
  EXPECT_EQ(config.rooms.auto_create, rooms.auto_create);
  EXPECT_EQ(config.rooms.max_rooms, rooms.max_rooms);
  EXPECT_EQ(config.rooms.max_participants, rooms.max_participants);
  EXPECT_EQ(config.rooms.empty_timeout_s, rooms.empty_timeout_s);
  EXPECT_EQ(config.rooms.max_audio_slots, rooms.max_audio_slots);
  EXPECT_EQ(config.rooms.max_video_slots, rooms.max_video_slots);
  EXPECT_EQ(config.rooms.drain_deadline_s, rooms.drain_deadline_s);
  EXPECT_EQ(config.rooms.audio_rates, rooms.audio_rates);
  EXPECT_EQ(config.events, events::Settings{});
}

TEST(Config, ReadsEveryKey) {
  const Config config = good(R"({ // a comment
    "http": {"listen": ["0.0.0.0:80", "[::1]:0"], "cors_origins": ["https://a.example:8443", "*"]},
    "auth": {"keys": [{"id": "a-1", "secret": "0123456789abcdef", "scopes": ["admin", "metrics"]}]},
    "media": {"addresses": ["10.0.0.5", "2001:db8::7"], "ports": [2000, 2003], "path": "pipeline",
              "peer_timeout_s": 30, "lanes": 2,
              "ice_servers": [{"urls": ["turn:t.example:3478", "stuns:t.example"], "secret": "s"}]},
    "rooms": {"auto_create": false, "max_rooms": 1, "max_participants": 2, "empty_timeout_s": 3,
              "max_audio_slots": 4, "max_video_slots": 5,
              "audio_packets_per_s": 200, "audio_bitrate_bps": 64000},
    "server": {"drain_deadline_s": 6},
    "log": {"level": "debug", "format": "json"},
    "events": {"file": "events.db", "retention_days": 1, "max_mb": 2, "max_waiting": 300,
               "max_memory_events": 400, "speakers": true},
    "plugins": [{"name": "p", "path": "p.so", "required": true, "serves_metrics": true,
                 "config": {"x": [1]}}, {"name": "q"}],
    "plugin_dirs": ["here", "/there"]
  })");
  EXPECT_EQ(config.http.listen, (std::vector<std::string>{"0.0.0.0:80", "[::1]:0"}));
  EXPECT_EQ(config.http.cors_origins, (std::vector<std::string>{"https://a.example:8443", "*"}));
  ASSERT_EQ(config.http.keys.size(), 1U);
  EXPECT_EQ(config.http.keys[0].id, "a-1");
  EXPECT_EQ(config.http.keys[0].secret, "0123456789abcdef");
  EXPECT_EQ(config.http.keys[0].scopes, (std::vector<std::string>{"admin", "metrics"}));
  ASSERT_EQ(config.http.ice_servers.size(), 1U);
  EXPECT_EQ(config.http.ice_servers[0].urls.size(), 2U);
  EXPECT_EQ(config.http.ice_servers[0].secret, "s");
  EXPECT_EQ(config.media.addresses, (std::vector<std::string>{"10.0.0.5", "2001:db8::7"}));
  EXPECT_EQ(config.media.first_port, 2000);
  EXPECT_EQ(config.media.last_port, 2003);
  EXPECT_EQ(config.media.path, media::PathKind::Pipeline);
  EXPECT_EQ(config.media.peer_timeout_s, 30U);
  EXPECT_EQ(config.media.lanes, 2U);
  EXPECT_FALSE(config.rooms.auto_create);
  EXPECT_EQ(config.rooms.max_rooms, 1U);
  EXPECT_EQ(config.rooms.max_participants, 2U);
  EXPECT_EQ(config.rooms.empty_timeout_s, 3U);
  EXPECT_EQ(config.rooms.max_audio_slots, 4U);
  EXPECT_EQ(config.rooms.max_video_slots, 5U);
  EXPECT_EQ(config.rooms.drain_deadline_s, 6U);
  EXPECT_EQ(config.rooms.audio_rates, (media::TrackRates{200, 64000}));
  EXPECT_EQ(config.log_level, log::Level::Debug);
  EXPECT_EQ(config.log_format, log::Format::Json);
  EXPECT_EQ(config.events, (events::Settings{.file = "/etc/veche/events.db",
                                             .retention_days = 1,
                                             .max_mb = 2,
                                             .max_waiting = 300,
                                             .max_memory_events = 400,
                                             .speakers = true}));
  ASSERT_EQ(config.plugins.plugins.size(), 2U);
  EXPECT_EQ(config.plugins.plugins[0].path, "/etc/veche/p.so");
  EXPECT_TRUE(config.plugins.plugins[0].required);
  EXPECT_TRUE(config.plugins.plugins[0].serves_metrics);
  EXPECT_FALSE(config.plugins.plugins[1].serves_metrics);
  EXPECT_EQ(config.plugins.plugins[0].config, R"({"x":[1]})");
  EXPECT_EQ(config.plugins.plugins[1].name, "q");
  EXPECT_EQ(config.plugins.plugin_dirs, (std::vector<std::string>{"/etc/veche/here", "/there"}));
}

TEST(Config, ReadsEveryLogLevel) {
  const std::pair<const char*, log::Level> levels[] = {{"error", log::Level::Error},
                                                       {"warning", log::Level::Warning},
                                                       {"info", log::Level::Info},
                                                       {"debug", log::Level::Debug}};
  for (const auto& [name, level] : levels) {
    EXPECT_EQ(good(R"({"log":{"level":")" + std::string(name) + "\"}}").log_level, level);
  }
}

TEST(Config, SaysWhatIsWrongWhereAndWhatIsAllowed) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "f: line 1, column 1: the text ends where a value is expected\n"},
      {"{\n  \"http\": {,}\n}",
       "f: line 2, column 12: a member's name in double quotes is expected\n"},
      {"[]", "f: an array of exactly 0 elements is not allowed; allowed: an object\n"},
      {R"({"tls":{}})",
       "f: /tls: unknown; allowed: http, server, auth, media, rooms, log, plugins, events, "
       "plugin_dirs\n"},
      {R"({"http":{"lisen":[]}})",
       "f: /http/lisen: unknown; allowed: listen, tls, cors_origins, static_dir, api_page, "
       "trusted_proxies, forwarded_field, limits\n"},
      {R"({"http":{"listen":["localhost:1","1.2.3.4","::1:80","[1.2.3.4]:80","1.2.3.4:x","1.2.3.4:65536"]}})",
       "f: /http/listen/0: \"localhost:1\" is not allowed; allowed: an IP address and a port, like "
       "\"127.0.0.1:8080\" or \"[::1]:8080\"\n"
       "f: /http/listen/1: \"1.2.3.4\" is not allowed; allowed: an IP address and a port, like "
       "\"127.0.0.1:8080\" or \"[::1]:8080\"\n"
       "f: /http/listen/2: \"::1:80\" is not allowed; allowed: an IP address and a port, like "
       "\"127.0.0.1:8080\" or \"[::1]:8080\"\n"
       "f: /http/listen/3: \"[1.2.3.4]:80\" is not allowed; allowed: an IP address and a port, "
       "like \"127.0.0.1:8080\" or \"[::1]:8080\"\n"
       "f: /http/listen/4: \"1.2.3.4:x\" is not allowed; allowed: an IP address and a port, like "
       "\"127.0.0.1:8080\" or \"[::1]:8080\"\n"
       "f: /http/listen/5: \"1.2.3.4:65536\" is not allowed; allowed: an IP address and a port, "
       "like \"127.0.0.1:8080\" or \"[::1]:8080\"\n"},
      {R"({"http":{"cors_origins":["https://a.example/"]}})",
       "f: /http/cors_origins/0: \"https://a.example/\" is not allowed; allowed: \"*\", or an "
       "origin without a path, like \"https://talk.example.org\"\n"},
      {R"({"http":{"static_dir":"/nowhere/at/all"}})",
       "f: /http/static_dir: \"/nowhere/at/all\" is not a directory; allowed: a directory, or "
       "\"\"\n"},
      {R"({"rooms":{"max_rooms":0}})",
       "f: /rooms/max_rooms: 0 is not allowed; allowed: an integer from 1 to 100000\n"},
      {R"({"log":{"level":"loud"}})",
       "f: /log/level: \"loud\" is not allowed; allowed: \"error\", \"warning\", \"info\", "
       "\"debug\"\n"},
      {R"({"plugins":[{"name":"a"},{"name":"a"}]})",
       "f: /plugins/1/name: \"a\" is the name of an earlier plugin; allowed: a name of its own\n"},
      {R"({"plugins":[{"name":"a","serves_metrics":true},{"name":"b","serves_metrics":true}]})",
       "f: /plugins/1/serves_metrics: an earlier plugin serves them; allowed: one plugin with "
       "true\n"},
      {R"({"plugins":[{"name":"a","public_metrics":true}]})",
       "f: /plugins/0/public_metrics: needs serves_metrics; allowed: true with it, or false\n"},
      {R"({"plugins":[{}]})",
       "f: /plugins/0/name: is missing; allowed: a string of 1 to 32 characters\n"},
  };
  for (const auto& [text, lines] : cases) EXPECT_EQ(bad(text), lines) << text;
}

TEST(Config, RefusesBadKeys) {
  const std::pair<std::string, const char*> cases[] = {
      {key(R"("secret_file":"")"),
       "f: /auth/keys/0: has no secret; allowed: either secret or secret_file\n"},
      {key(R"("secret":"0123456789abcdef","secret_file":"x")"),
       "f: /auth/keys/0: has a secret and a secret_file; allowed: one of them\n"},
      {key(R"("secret":"0123456789abcde")"),
       "f: /auth/keys/0/secret: this secret has 15 characters; allowed: at least 16\n"},
      {key(R"("secret":"0123456789 abcdef")"),
       "f: /auth/keys/0/secret: this secret has white space or characters beyond ASCII; allowed: "
       "visible ASCII characters\n"},
      {key(R"("secret":"0123${VECHE}abcdef")"),
       "f: /auth/keys/0/secret: this secret contains \"${\"; allowed: a secret without it, or "
       "nothing but ${NAME}\n"},
      {key(R"("secret":"${VECHE_TEST_UNSET}")"),
       "f: /auth/keys/0/secret: the environment variable \"VECHE_TEST_UNSET\" is not set; allowed: "
       "one that holds the secret\n"},
      {key(R"("secret_file":"/nowhere/at/all")"),
       "f: /auth/keys/0/secret_file: Failed to open file \u201c/nowhere/at/all\u201d: No such file "
       "or directory; allowed: a readable file\n"},
      {R"({"auth":{"keys":[{"id":"a.b","secret":"0123456789abcdef","scopes":["rooms"]}]}})",
       "f: /auth/keys/0/id: \"a.b\" is not allowed; allowed: A-Z a-z 0-9 _ ~ -\n"},
      {R"({"auth":{"keys":[{"id":"a","secret":"0123456789abcdef","scopes":["rooms"]},
                           {"id":"a","secret":"0123456789abcdef","scopes":["rooms"]}]}})",
       "f: /auth/keys/1/id: \"a\" is the id of an earlier key; allowed: an id of its own\n"},
      {R"({"auth":{"keys":[{"id":"a","secret":"0123456789abcdef","scopes":["root"]}]}})",
       "f: /auth/keys/0/scopes/0: \"root\" is not allowed; allowed: \"admin\", \"rooms\", "
       "\"read\", \"metrics\"\n"},
      {R"({"auth":{"keys":[{"id":"a","secret":"0123456789abcdef"}]}})",
       "f: /auth/keys/0/scopes: is missing; allowed: an array of 1 to 4 elements\n"},
  };
  for (const auto& [text, lines] : cases) EXPECT_EQ(bad(text), lines) << text;
}

std::string signing_key(const std::string& members, const std::string& kid = "k") {
  return R"({"auth":{"signing_keys":[{"kid":")" + kid + "\"," + members + "}]}}";
}

TEST(Config, ReadsSigningKeys) {
  const std::string first(32, 'a'), second(32, 'b');
  const auto keys = good(R"({"auth":{"signing_keys":[{"kid":"2025.01","secret":")" + first +
                         R"("},{"kid":"old","secret":")" + second + R"("}]}})")
                        .http.signing_keys;
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].id, "2025.01");
  EXPECT_EQ(keys[0].secret, first);
  EXPECT_EQ(keys[1].id, "old");
  EXPECT_EQ(keys[1].secret, second);
}

TEST(Config, RefusesBadSigningKeys) {
  const std::string long_enough = R"("secret":"0123456789abcdef0123456789abcdef")";
  const std::pair<std::string, const char*> cases[] = {
      {signing_key(R"("secret":"0123456789abcdef0123456789abcde")"),
       "f: /auth/signing_keys/0/secret: this secret has 31 characters; allowed: at least 32\n"},
      {signing_key(R"("secret":"0123456789abcdef 0123456789abcdef")"),
       "f: /auth/signing_keys/0/secret: this secret has white space or characters beyond ASCII; "
       "allowed: visible ASCII characters\n"},
      {signing_key(R"("secret":"")"),
       "f: /auth/signing_keys/0: has no secret; allowed: either secret or secret_file\n"},
      {signing_key(R"("secret":"${VECHE_TEST_UNSET}")"),
       "f: /auth/signing_keys/0/secret: the environment variable \"VECHE_TEST_UNSET\" is not set; "
       "allowed: one that holds the secret\n"},
      {signing_key(long_enough, "a/b"),
       "f: /auth/signing_keys/0/kid: \"a/b\" is not allowed; allowed: A-Z a-z 0-9 _ . ~ -\n"},
      {R"({"auth":{"signing_keys":[{"kid":"a",)" + long_enough + R"(},{"kid":"a",)" + long_enough +
           "}]}}",
       "f: /auth/signing_keys/1/kid: \"a\" is the kid of an earlier key; allowed: a kid of its "
       "own\n"},
      {R"({"auth":{"keys":[{"id":"back","scopes":["rooms"],)" + long_enough +
           R"(}],"signing_keys":[{"kid":"back",)" + long_enough + "}]}}",
       "f: /auth/signing_keys/0/secret: this is the secret of the API key \"back\", which its "
       "tokens would let clients guess offline; allowed: a secret of its own\n"},
      {R"({"auth":{"signing_keys":[{},{},{}]}})",
       "f: /auth/signing_keys: an array of exactly 3 elements is not allowed; allowed: an array of "
       "at most 2 elements\n"},
  };
  for (const auto& [text, lines] : cases) EXPECT_EQ(bad(text), lines) << text;
}

TEST(Config, RefusesTheSigningKeyOfTheExamplesBeyondLoopback) {
  const auto config = [](const std::string& listen) {
    return R"({"http":{"listen":[")" + listen +
           R"("]},"auth":{"signing_keys":[{"kid":"mine",)"
           R"("secret":"devsigningsecret-for-trials-on-loopback"}]}})";
  };
  EXPECT_EQ(bad(config("127.0.0.1:0")), "");
  EXPECT_EQ(
      bad(config("0.0.0.0:0")),
      "f: /auth/signing_keys/0/secret: the signing secret of the examples is public; allowed: "
      "only while every address of /http/listen is loopback\n");
}

TEST(Config, SaysWhatItMeansToHaveNoSigningKey) {
  const auto advice = [](const std::string& text) {
    return problem_lines("f", parse_config(text, kPlaces).advice);
  };
  const std::string key_members = R"("secret":"0123456789abcdef")";
  const std::string advised = advice(key(key_members));
  EXPECT_EQ(advised.rfind("f: /auth/signing_keys: is empty, so the server signs join tokens with a "
                          "key that it makes at start",
                          0),
            0u)
      << advised;
  EXPECT_EQ(bad(key(key_members)), "") << "it is no problem";
  EXPECT_EQ(advice("{}"), "") << "a trial";
  EXPECT_EQ(advice(signing_key(R"("secret":"0123456789abcdef0123456789abcdef")")), "");
}

TEST(Config, NeverShowsSecrets) {
  for (const char* members :
       {R"("secret":"hunter2")", R"("secret":["hunter2"])", R"("secret":"hunter2 \u00e9")",
        R"("secret":"hunter2${X}")", R"("secrett":"hunter2")"}) {
    const std::string lines = bad(key(members));
    EXPECT_NE(lines, "");
    EXPECT_EQ(lines.find("hunter2"), std::string::npos) << lines;
  }
  for (const char* members : {R"("secret":"hunter2")", R"("secret":["hunter2"])",
                              R"("secret":"hunter2 \u00e9")", R"("secrett":"hunter2")"}) {
    const std::string lines = bad(signing_key(members));
    EXPECT_NE(lines, "");
    EXPECT_EQ(lines.find("hunter2"), std::string::npos) << lines;
  }
  EXPECT_EQ(bad(R"({"auth":{"keys":"hunter2"}})").find("hunter2"), std::string::npos);
}

TEST(Config, RefusesTheDevelopmentKeyBeyondLoopback) {
  const auto config = [](const std::string& listen, const std::string& secret) {
    return R"({"http":{"listen":[)" + listen +
           R"(]},"auth":{"keys":[{"id":"dev","scopes":["admin"],"secret":")" + secret + R"("}]}})";
  };
  EXPECT_EQ(bad(config(R"("127.0.0.1:0","[::1]:0","127.1.2.3:0")", "devsecret")), "");
  const char* refused =
      "f: /auth/keys/0/secret: the key dev with the secret devsecret is public; allowed: only "
      "while every address of /http/listen is loopback\n";
  EXPECT_EQ(bad(config(R"("127.0.0.1:0","0.0.0.0:0")", "devsecret")), refused);
  EXPECT_EQ(bad(config(R"("[::]:0")", "devsecret")), refused);
  EXPECT_EQ(bad(config(R"("127.0.0.1:0")", "devsecre")),
            "f: /auth/keys/0/secret: this secret has 8 characters; allowed: at least 16\n");
}

TEST(Config, TakesSecretsFromTheEnvironment) {
  setenv("VECHE_TEST_SECRET", "secret-of-the-environment", 1);
  EXPECT_EQ(good(key(R"("secret":"${VECHE_TEST_SECRET}")")).http.keys[0].secret,
            "secret-of-the-environment");
  EXPECT_EQ(
      good(R"({"media":{"ice_servers":[{"urls":["turn:t"],"secret":"${VECHE_TEST_SECRET}"}]}})")
          .http.ice_servers[0]
          .secret,
      "secret-of-the-environment");
  setenv("VECHE_TEST_SECRET", "", 1);
  EXPECT_NE(bad(key(R"("secret":"${VECHE_TEST_SECRET}")")), "");
  unsetenv("VECHE_TEST_SECRET");
}

TEST(Config, TakesPathsRelativeToItsFile) {
  const Directory directory;
  std::filesystem::create_directory(directory.path() + "/page");
  directory.write("key", "secret-of-the-file\n");
  const std::string file =
      directory.write("veche.json", R"({"http":{"static_dir":"./page","api_page":"none.js"},
      "auth":{"keys":[{"id":"k","secret_file":"key","scopes":["read"]}]},"plugin_dirs":["../x"]})");
  const LoadedConfig loaded = load_config(file, {});
  EXPECT_EQ(problem_lines("f", loaded.problems), "");
  EXPECT_EQ(loaded.config.http.static_dir, directory.path() + "/page");
  EXPECT_EQ(loaded.config.http.api_page, directory.path() + "/none.js");
  EXPECT_EQ(loaded.config.http.keys[0].secret, "secret-of-the-file");
  EXPECT_EQ(loaded.config.plugins.plugin_dirs[0],
            std::filesystem::path(directory.path()).parent_path() / "x");
}

TEST(Config, ReportsAFileThatCannotBeRead) {
  EXPECT_EQ(problem_lines("f", load_config("/nowhere/at/all", {}).problems),
            "f: Failed to open file \u201c/nowhere/at/all\u201d: No such file or directory\n");
  EXPECT_EQ(load_config("/", {}).problems.size(), 1U);
}

TEST(CheckConfig, AddsTheProblemsOfPluginsAndNamesEachOnce) {
  const Directory directory;
  const std::string file = directory.write("veche.json", R"({"media":{"ports":[9999,9998]},
      "plugins":[{"name":"a","path":"a.so"},{"name":"a","path":"a.so"}],"plugin_dirs":["."]})");
  const auto problems = check_config(file, {}).problems;
  ASSERT_EQ(problems.size(), 3U) << problem_lines("f", problems);
  EXPECT_EQ(problems[0].pointer, "/media/ports");
  EXPECT_EQ(problems[1].pointer, "/plugins/1/name");
  EXPECT_EQ(problems[2].pointer, "/plugins/0");
  EXPECT_NE(problems[2].detail.find(directory.path() + "/a.so"), std::string::npos);
}

}  // namespace
}  // namespace veche::main
