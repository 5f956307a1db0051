// SPDX-License-Identifier: Apache-2.0
// The host with real libraries that are bad: each kind is refused with its own message.
#include <dlfcn.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "../unit/plugin/temporary_dir.hpp"
#include "host_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Refusal {
  const char* name;
  const char* reason;
  const char* config = "{}";
};

const Refusal kRefusals[] = {
    {"missing_file", "there is no such file: looked for /nowhere/missing_file.so"},
    {"not_elf", "not an ELF file"},
    {"truncated", "cut short or damaged"},
    {"no_entry", "exports no symbol veche_plugin_entry_1"},
    {"wrong_major", "built for plugin interface 2, this server has 1.0"},
    {"newer_host",
     "needs a server with the plugin interface 1.3 or newer: update the server, or build the "
     "plugin with this server's headers (plugin: interface 1.7, server: 1.0)"},
    {"old_entry", "needs a server with the plugin interface 1.7 or newer"},
    {"short_struct", "struct_size of the entry is 40, at least 104 is needed"},
    {"null_id", "id is null"},
    {"bad_id", "\"Not Reverse DNS\" is not reverse DNS"},
    {"unknown_need", "needs the host service \"veche.teleport/1\""},
    {"empty_offers", "offers no extension"},
    {"old_selector", "offers the extension \"veche.selector/1\", which this server does not know"},
    {"old_rooms", "needs the host service \"veche.rooms/1\", which this server does not have"},
    {"unknown_offer", "offers the extension \"veche.smell/1\""},
    {"bad_schema", "the plugin's config_schema is refused"},
    {"sound", "/size", R"({"size": 11})"},
    {"sound", "/colour", R"({"colour": "red"})"},
    {"sound", "the configuration is not JSON", "{"},
};

/// Refused only when the host calls the plugin, so check() cannot know.
const Refusal kLateRefusals[] = {
    {"null_table", "get_extension gave null for \"veche.observer/1\""},
    {"zero_routes", "the table of \"veche.http-routes/1\": route_count is 0"},
    {"bad_pattern", "routes[0] is refused: the pattern \"/rooms/{Room}\""},
    {"duplicate_route", "routes[1] is there twice: PUT /stage"},
    {"bad_route_schema", "routes[0] has a body_schema that is refused"},
    {"null_handle", "routes[1] has no handle"},
    {"create_fails", "create: the disk is on fire"},
    {"start_fails", "start: the port is taken"},
    {"create_throws", "create threw an exception: create threw this"},
    {"start_throws", "start threw an exception: start threw this"},
};

class RefusalTest : public HostTest {
 protected:
  static void SetUpTestSuite() {
    std::ofstream(test_dir() + "/not_elf.so") << "#!/bin/sh\n";
    const std::string truncated = test_dir() + "/truncated.so";
    std::filesystem::copy_file(test_dir() + "/recorder.so", truncated,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(truncated, std::filesystem::file_size(truncated) / 2);
  }

  /// The plugin fails with its message, and those before and after it run.
  void expect_refusal(const Refusal& refusal) {
    SCOPED_TRACE(refusal.name);
    journal_ = {};
    auto host =
        Host::load(loop_, settings_of({recorder(), request(refusal.name, false, refusal.config),
                                       request("forwarder")}));
    ASSERT_TRUE(host.ok()) << host.error().message;
    const PluginInfo failed = find(**host, refusal.name);
    EXPECT_EQ(failed.state, "failed");
    EXPECT_THAT(failed.error,
                AllOf(HasSubstr(refusal.reason), HasSubstr(std::string(refusal.name) + ".so")));
    EXPECT_EQ(find(**host, "recorder").state, "running");
    EXPECT_EQ(find(**host, "forwarder").state, "running");
    (*host)->on_event(event(1, "room.created"));
    EXPECT_THAT(journal_.text, HasSubstr("room.created"));
  }
  void expect_failed_load(const Refusal& refusal) {
    SCOPED_TRACE(refusal.name);
    journal_ = {};
    auto host =
        Host::load(loop_, settings_of({recorder(), request(refusal.name, true, refusal.config)}));
    ASSERT_FALSE(host.ok());
    EXPECT_THAT(host.error().message,
                AllOf(HasSubstr("the required plugin \"" + std::string(refusal.name) + "\" failed"),
                      HasSubstr(refusal.reason)));
    EXPECT_THAT(journal_.text, EndsWith("destroy\n")) << "the plugin before it was not stopped";
  }
};

TEST_F(RefusalTest, RefusesEachBadPluginWithItsOwnMessageAndRunsTheOthers) {
  for (const Refusal& refusal : kRefusals) expect_refusal(refusal);
  for (const Refusal& refusal : kLateRefusals) expect_refusal(refusal);
}

TEST_F(RefusalTest, RunsAPluginOfNewerHeadersThatNeedsNoNewerHost) {
  const auto host = Host::load(loop_, settings_of({request("newer_headers", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  EXPECT_EQ(find(**host, "newer_headers").state, "running");
}

TEST_F(RefusalTest, FailsWhenARequiredPluginFails) {
  for (const Refusal& refusal : kRefusals) expect_failed_load(refusal);
  for (const Refusal& refusal : kLateRefusals) expect_failed_load(refusal);
}

TEST_F(RefusalTest, CheckFindsTheSameWithoutRunningAnything) {
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.name);
    const auto problems =
        Host::check(settings_of({recorder(), request(refusal.name, false, refusal.config)}));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].name, refusal.name);
    EXPECT_EQ(problems[0].index, 1u);
    EXPECT_THAT(problems[0].pointer + ": " + problems[0].detail, HasSubstr(refusal.reason));
  }
  for (const Refusal& refusal : kLateRefusals) {
    EXPECT_THAT(Host::check(settings_of({recorder(), request(refusal.name)})), IsEmpty())
        << refusal.name;
  }
  EXPECT_STREQ(journal_.text, "");
}

TEST_F(RefusalTest, ChecksWithoutOpeningLibrariesIfAsked) {
  const TemporaryDir dir;
  std::filesystem::copy_file(test_dir() + "/sound.so", dir.file("fresh.so"));
  PluginRequest fresh = request("fresh");
  fresh.path = dir.file("fresh.so");
  PluginRequest no_plugin = request("none");
  no_plugin.path = dir.write("none.so", "text");
  const auto host = Host::load(loop_, settings_of({recorder()}));
  ASSERT_TRUE(host.ok());
  const auto problems =
      Host::check(settings_of({request("recorder", true, R"({"journal": 1})"), fresh, no_plugin}),
                  Opening::None);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].pointer, "/journal") << "it is open, so its schema is known";
  EXPECT_THAT(problems[1].detail, HasSubstr("not an ELF file"));
  EXPECT_EQ(dlopen(fresh.path.c_str(), RTLD_NOW | RTLD_NOLOAD), nullptr);
}

TEST_F(RefusalTest, RefusesASecondPluginOfTheSameIdOrName) {
  PluginRequest again = recorder("again");
  again.path = test_dir() + "/recorder.so";
  PluginRequest same_name = request("recorder");
  same_name.path = test_dir() + "/forwarder.so";
  const struct {
    PluginRequest second;
    const char* reason;
  } cases[] = {
      {again, "its id org.example.recorder is already that of the plugin \"recorder\""},
      {same_name, "the name \"recorder\" is already in the list of plugins"},
  };
  for (const auto& [second, reason] : cases) {
    HostSettings settings = settings_of({recorder(), second});
    const auto problems = Host::check(settings);
    ASSERT_EQ(problems.size(), 1u) << reason;
    EXPECT_THAT(problems[0].detail, HasSubstr(reason));
    settings.plugins[1].required = true;
    const auto host = Host::load(loop_, settings);
    ASSERT_FALSE(host.ok()) << reason;
    EXPECT_THAT(host.error().message, HasSubstr(reason));
  }
}

}  // namespace
}  // namespace veche::plugin
