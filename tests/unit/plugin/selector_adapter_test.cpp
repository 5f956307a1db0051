// SPDX-License-Identifier: Apache-2.0
// A selector's settings and rooms through the adapter, including those that outlive it.
#include "plugin/selector_adapter.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <list>
#include <stdexcept>

#include "base/thread_role.hpp"

namespace veche {

struct FakeSettings {
  std::string json;
};
struct FakeRoom {
  const FakeSettings* settings;
};

}  // namespace veche

namespace veche::plugin::selector_adapter_test {
namespace {

using ::testing::ElementsAre;

/// Tracks the objects that it made until they are freed, and records the calls.
struct FakePlugin {
  std::vector<std::string> calls;
  std::list<veche::FakeSettings> settings;
  std::list<veche::FakeRoom> rooms;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

FakeSettings* fake(veche_selector_settings* settings) {
  return reinterpret_cast<FakeSettings*>(settings);
}
const FakeSettings* fake(const veche_selector_settings* settings) {
  return reinterpret_cast<const FakeSettings*>(settings);
}
FakeRoom* fake(veche_selector_room* room) { return reinterpret_cast<FakeRoom*>(room); }

veche_selector_settings* make_settings(veche_plugin* self, const veche_values* values,
                                       veche_error* error) {
  const char* const json = values ? values->json : nullptr;
  fake(self)->calls.push_back(std::string("make_settings ") + (json ? json : "null"));
  if (json && strstr(json, "throw")) throw std::runtime_error("thrown");
  if (json && strstr(json, "bad")) {
    strcpy(error->message, "is not allowed");
    strcpy(error->pointer, "/bad");
    return nullptr;
  }
  return reinterpret_cast<veche_selector_settings*>(
      &fake(self)->settings.emplace_back(FakeSettings{json ? json : "null"}));
}
void free_settings(veche_plugin* self, veche_selector_settings* settings) {
  fake(self)->calls.push_back("free_settings " + fake(settings)->json);
  fake(self)->settings.remove_if([=](const FakeSettings& made) { return &made == fake(settings); });
}
veche_selector_room* open_room(veche_plugin* self, const veche_selector_settings* settings,
                               veche_error* error) {
  fake(self)->calls.push_back("open " + fake(settings)->json);
  if (fake(settings)->json.find("full") != std::string::npos) {
    error->code = VECHE_E_EXHAUSTED;
    return nullptr;
  }
  return reinterpret_cast<veche_selector_room*>(
      &fake(self)->rooms.emplace_back(FakeRoom{fake(settings)}));
}
void close_room(veche_plugin* self, veche_selector_room* room) {
  fake(self)->calls.push_back("close");
  fake(self)->rooms.remove_if([=](const FakeRoom& made) { return &made == fake(room); });
}
void use_settings(veche_selector_room* room, const veche_selector_settings* settings) {
  fake(room)->settings = fake(settings);
}
void select(veche_selector_room* room, const veche_room_view* view, veche_selection* selection) {
  selection->dominant = view->room + fake(room)->settings->json.size();
}

class SelectorAdapterTest : public ::testing::Test {
 protected:
  static veche_selector table() {
    veche_selector table{};
    table.struct_size = sizeof table;
    table.make_settings = make_settings;
    table.free_settings = free_settings;
    table.open = open_room;
    table.close = close_room;
    table.use_settings = use_settings;
    table.select = select;
    return table;
  }

  glib::ControlLoop loop_;
  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  HookTimers timers_;
  const veche_selector table_ = table();
  std::unique_ptr<SelectorAdapter> adapter_ =
      std::make_unique<SelectorAdapter>("fake", table_, self_, timers_);
};

TEST_F(SelectorAdapterTest, CarriesSettingsAndRoomsToThePluginAndBack) {
  EXPECT_EQ(adapter_->name(), "fake");
  {
    auto plain = adapter_->make_settings("{}");
    auto own = adapter_->make_settings(R"({"max":1})");
    ASSERT_TRUE(plain.ok() && own.ok());
    auto room = adapter_->open(**plain);
    ASSERT_TRUE(room.ok());
    veche_room_view view{};
    view.room = 100;
    veche_selection selection{};
    const ActAs lane(ThreadRole::Lane);
    (*room)->select(view, selection);
    EXPECT_EQ(selection.dominant, 104u);
    (*room)->use_settings(**own);
    (*room)->select(view, selection);
    EXPECT_EQ(selection.dominant, 109u);
  }
  EXPECT_THAT(plugin_.calls,
              ElementsAre("make_settings null", R"(make_settings {"max":1})", "open null", "close",
                          R"(free_settings {"max":1})", "free_settings null"));
  EXPECT_TRUE(plugin_.settings.empty() && plugin_.rooms.empty());
  EXPECT_EQ(timers_[timers_.size() - 1].name(), "selector.select");
  EXPECT_EQ(timers_[timers_.size() - 1].calls(), 2u);
}

TEST_F(SelectorAdapterTest, CarriesMemoryToTheRoomAndWhatItLeavesBack) {
  EXPECT_EQ(adapter_->make_memory(600).value(), nullptr) << "this table has none";
  veche_selector with_memory = table();
  with_memory.make_memory = [](veche_plugin* self, uint32_t candidates, veche_error* error) {
    fake(self)->calls.push_back("make_memory " + std::to_string(candidates));
    if (candidates == 7) strcpy(error->message, "none left");
    return candidates == 7 ? nullptr : reinterpret_cast<veche_selector_memory*>(self);
  };
  with_memory.free_memory = [](veche_plugin* self, veche_selector_memory* memory) {
    fake(self)->calls.push_back(memory == reinterpret_cast<veche_selector_memory*>(self)
                                    ? "free_memory new"
                                    : "free_memory former");
  };
  with_memory.use_memory = [](veche_selector_room* room, veche_selector_memory*) {
    return reinterpret_cast<veche_selector_memory*>(room);
  };
  ASSERT_TRUE(SelectorAdapter::check(with_memory));
  {
    SelectorAdapter adapter("fake", with_memory, self_, timers_);
    auto settings = adapter.make_settings("{}");
    auto room = adapter.open(**settings);
    plugin_.calls.clear();
    auto unused = adapter.make_memory(600);
    auto used = adapter.make_memory(1024);
    ASSERT_TRUE(unused.ok() && used.ok());
    {
      const ActAs lane(ThreadRole::Lane);
      (*room)->use_memory(**used);
    }
    used.value().reset();
    unused.value().reset();
    EXPECT_THAT(plugin_.calls, ElementsAre("make_memory 600", "make_memory 1024",
                                           "free_memory former", "free_memory new"));
    EXPECT_EQ(adapter.make_memory(7).error().message, "fake: none left");
  }
  with_memory.free_memory = nullptr;
  EXPECT_FALSE(SelectorAdapter::check(with_memory)) << "all or none";
}

TEST_F(SelectorAdapterTest, RefusesSettingsWithThePluginsReason) {
  const struct {
    const char *json, *expected;
    ErrorCode code;
  } cases[] = {
      {R"({"bad":1})", "fake: /bad: is not allowed", ErrorCode::InvalidArgument},
      {R"({"throw":1})", "selector.make_settings threw an exception: thrown", ErrorCode::Internal},
      {"[]", "fake: the settings must be an object", ErrorCode::InvalidArgument},
  };
  for (const auto& [json, expected, code] : cases) {
    const auto settings = adapter_->make_settings(json);
    ASSERT_FALSE(settings.ok()) << json;
    EXPECT_EQ(settings.error().message, expected);
    EXPECT_EQ(settings.error().code, code);
  }
  EXPECT_EQ(adapter_->make_settings(R"({"bad":1})").error().fields[0].pointer, "/bad");
  plugin_.calls.pop_back();
  EXPECT_FALSE(adapter_->make_settings("{").ok());
  EXPECT_EQ(plugin_.calls.size(), 2u) << "what is no object does not reach the plugin";
}

TEST_F(SelectorAdapterTest, RefusesARoomThatThePluginRefuses) {
  auto settings = adapter_->make_settings(R"({"full":1})");
  ASSERT_TRUE(settings.ok());
  const auto room = adapter_->open(**settings);
  ASSERT_FALSE(room.ok());
  EXPECT_EQ(room.error().code, ErrorCode::Exhausted);
}

TEST_F(SelectorAdapterTest, NeverCallsThePluginOnceItIsGone) {
  auto settings = adapter_->make_settings("{}");
  auto room = adapter_->open(**settings);
  ASSERT_TRUE(settings.ok() && room.ok());
  plugin_.calls.clear();
  adapter_.reset();
  room = Error{};
  settings = Error{};
  EXPECT_THAT(plugin_.calls, ElementsAre());
}

}  // namespace
}  // namespace veche::plugin::selector_adapter_test
