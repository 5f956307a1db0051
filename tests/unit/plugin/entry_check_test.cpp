// SPDX-License-Identifier: Apache-2.0
// Which entries the host refuses, and its messages.
#include "plugin/entry_check.hpp"

#include <gmock/gmock.h>
#include <veche/controller.h>
#include <veche/host.h>
#include <veche/observer.h>

#include <functional>

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

const char* const kNeeds[] = {VECHE_HOST_LOG, nullptr};
const char* const kUnknownNeeds[] = {VECHE_HOST_LOG, "veche.teleport/1", nullptr};
const char* const kOffers[] = {VECHE_EXT_OBSERVER, nullptr};
const char* const kUnknownOffers[] = {VECHE_EXT_OBSERVER, "veche.smell/1", nullptr};
const char* const kTwoControllers[] = {VECHE_EXT_VIDEO_CONTROLLER, VECHE_EXT_OBSERVER,
                                       VECHE_EXT_AUDIO_CONTROLLER, nullptr};
const char* const kNone[] = {nullptr};

veche_plugin_entry sound_entry() {
  veche_plugin_entry entry{};
  entry.struct_size = sizeof entry;
  entry.id = "org.example.sound";
  entry.version = "1.0.0";
  entry.license = "Apache-2.0";
  entry.summary = "Sound.";
  entry.needs = kNeeds;
  entry.offers = kOffers;
  entry.create = [](const veche_host*, veche_error*) -> veche_plugin* { return nullptr; };
  entry.start = [](veche_plugin*, veche_error*) -> veche_status { return VECHE_OK; };
  entry.stop = [](veche_plugin*) {};
  entry.destroy = [](veche_plugin*) {};
  entry.get_extension = [](const char*) -> const void* { return nullptr; };
  return entry;
}

TEST(EntryCheck, AcceptsASoundEntry) {
  const auto checked = check_entry(sound_entry());
  EXPECT_TRUE(checked.ok()) << checked.error().message;
}

TEST(EntryCheck, AcceptsAnEntryThatGrewAndHasNoSchemaAndNeedsNothing) {
  veche_plugin_entry entry = sound_entry();
  entry.struct_size += 16;
  entry.needs = kNone;
  entry.config_schema = nullptr;
  EXPECT_TRUE(check_entry(entry).ok());
}

TEST(EntryCheck, AcceptsAnEntryOfNewerHeadersThatNeedsNoNewerHost) {
  veche_plugin_entry entry = sound_entry();
  entry.abi_minor = VECHE_ABI_MINOR + 1;
  EXPECT_TRUE(check_entry(entry).ok());
}

TEST(EntryCheck, SaysWhatIsWrong) {
  using Entry = veche_plugin_entry;
  const std::string long_id = "org." + std::string(200, 'a');
  const struct {
    const char* expected;
    std::function<void(Entry&)> damage;
  } cases[] = {
      {"struct_size of the entry is 0", [](Entry& e) { e.struct_size = 0; }},
      {"struct_size", [](Entry& e) { e.struct_size = offsetof(Entry, get_extension) + 7; }},
      {"needs a server with the plugin interface 1.1 or newer",
       [](Entry& e) { e.min_host_minor = VECHE_ABI_MINOR + 1; }},
      {"needs a server with the plugin interface 1.1 or newer",
       [](Entry& e) {  // Of headers that had no way to say what it needs.
         e.abi_minor = VECHE_ABI_MINOR + 1;
         e.struct_size = offsetof(Entry, min_host_minor);
       }},
      {"id is null", [](Entry& e) { e.id = nullptr; }},
      {"version is null", [](Entry& e) { e.version = nullptr; }},
      {"license is null", [](Entry& e) { e.license = nullptr; }},
      {"summary is null", [](Entry& e) { e.summary = nullptr; }},
      {"summary is not UTF-8", [](Entry& e) { e.summary = "\xff\xfe"; }},
      {"reverse DNS", [](Entry& e) { e.id = ""; }},
      {"reverse DNS", [](Entry& e) { e.id = "stage"; }},
      {"reverse DNS", [](Entry& e) { e.id = "org..stage"; }},
      {"reverse DNS", [](Entry& e) { e.id = ".org.stage"; }},
      {"reverse DNS", [](Entry& e) { e.id = "org.stage."; }},
      {"reverse DNS", [](Entry& e) { e.id = "org.Stage"; }},
      {"reverse DNS", [](Entry& e) { e.id = "org.sta ge"; }},
      {"reverse DNS", [&](Entry& e) { e.id = long_id.c_str(); }},
      {"create is null", [](Entry& e) { e.create = nullptr; }},
      {"start is null", [](Entry& e) { e.start = nullptr; }},
      {"stop is null", [](Entry& e) { e.stop = nullptr; }},
      {"destroy is null", [](Entry& e) { e.destroy = nullptr; }},
      {"get_extension is null", [](Entry& e) { e.get_extension = nullptr; }},
      {"needs is null", [](Entry& e) { e.needs = nullptr; }},
      {"\"veche.teleport/1\"", [](Entry& e) { e.needs = kUnknownNeeds; }},
      {"offers no extension", [](Entry& e) { e.offers = nullptr; }},
      {"offers no extension", [](Entry& e) { e.offers = kNone; }},
      {"\"veche.smell/1\"", [](Entry& e) { e.offers = kUnknownOffers; }},
      {"offers \"veche.video-controller/2\" and \"veche.audio-controller/2\"; to decide about all",
       [](Entry& e) { e.offers = kTwoControllers; }},
  };
  for (const auto& [expected, damage] : cases) {
    veche_plugin_entry entry = sound_entry();
    damage(entry);
    const auto checked = check_entry(entry);
    ASSERT_FALSE(checked.ok()) << expected;
    EXPECT_THAT(checked.error().message, HasSubstr(expected));
  }
}

}  // namespace
}  // namespace veche::plugin
