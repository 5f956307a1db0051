// SPDX-License-Identifier: Apache-2.0
// What a plugin gets of clients' messages, and what clients get of its refusals.
#include "plugin/client_messages_adapter.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <optional>
#include <stdexcept>

#include "../room/fake_media.hpp"
#include "room/server.hpp"

namespace veche::plugin::client_messages_adapter_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct FakePlugin {
  std::vector<std::string> taken;
  veche_status status = VECHE_OK;
  bool throws = false;
};

veche_status on_message(veche_plugin* self, const veche_client_message* message,
                        veche_error* error) {
  auto& fake = *reinterpret_cast<FakePlugin*>(self);
  int64_t seat = 0;
  message->values->get_integer(message->values, "/seat", &seat);
  fake.taken.push_back(std::string(message->room) + " " + message->participant + " " +
                       message->values->json + " " + std::to_string(seat));
  if (fake.throws) throw std::runtime_error("the password is hunter2");
  strcpy(error->message, "the seat is taken");
  strcpy(error->pointer, "/seat");
  return fake.status;
}

constexpr veche_client_messages kTable = {
    .struct_size = sizeof(veche_client_messages),
    .reserved = 0,
    .schema = R"({"type": "object", "required": ["seat"], "properties": {
        "seat": {"type": "integer", "maximum": 9}, "up": {"type": "boolean", "default": true}}})",
    .on_message = on_message};

class ClientMessagesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    room_ = *rooms_->create_room("lobby", {});
    ann_ = *room_->join("ann", {});
    adapter_.give(engine_, *rooms_);
  }
  void TearDown() override {
    rooms_.reset();
    while (loop_.iterate()) {
    }
  }
  Status send(const std::string& json, const std::string& to = "stage") {
    return rooms_->plugin_hooks().take_message(to, *room_, *ann_, json);
  }

  glib::ControlLoop loop_;
  room::FakeEngine engine_;
  std::optional<room::Server> rooms_;
  room::Room* room_ = nullptr;
  room::Participant* ann_ = nullptr;
  FakePlugin plugin_;
  HookTimers timers_;
  ClientMessagesAdapter adapter_{"stage", kTable, reinterpret_cast<veche_plugin*>(&plugin_),
                                 timers_};
};

TEST_F(ClientMessagesTest, ReachThePluginThatTheyNameCheckedAndComplete) {
  EXPECT_TRUE(send(R"({"seat":3})"));
  EXPECT_THAT(plugin_.taken, ElementsAre(R"(lobby ann {"seat":3,"up":true} 3)"));
  EXPECT_EQ(send("{}", "nobody").error().code, ErrorCode::NotFound);
  adapter_.leave(*rooms_);
  EXPECT_EQ(send(R"({"seat":3})").error().code, ErrorCode::NotFound) << "it has stopped";
  EXPECT_EQ(plugin_.taken.size(), 1u);
}

TEST_F(ClientMessagesTest, ThatAreWrongDoNotReachIt) {
  const Status out_of_range = send(R"({"seat":10})");
  ASSERT_FALSE(out_of_range.ok());
  EXPECT_EQ(out_of_range.error().code, ErrorCode::InvalidArgument);
  ASSERT_EQ(out_of_range.error().fields.size(), 1u);
  EXPECT_EQ(out_of_range.error().fields[0].pointer, "/seat");
  EXPECT_EQ(send("[]").error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(send("{").error().code, ErrorCode::InvalidArgument);
  const std::string long_text(ClientMessagesAdapter::kMaxBytes, 'x');
  EXPECT_THAT(send(R"({"seat":1,"text":")" + long_text + "\"}").error().message,
              HasSubstr("at most 4096 bytes"));
  EXPECT_TRUE(plugin_.taken.empty());
}

TEST_F(ClientMessagesTest, AreRefusedWithThePluginsReasonButNotItsSecrets) {
  const struct {
    veche_status status;
    ErrorCode code;
  } cases[] = {
      {VECHE_E_INVALID, ErrorCode::InvalidArgument}, {VECHE_E_GONE, ErrorCode::NotFound},
      {VECHE_E_EXHAUSTED, ErrorCode::Exhausted},     {VECHE_E_UNSUPPORTED, ErrorCode::Internal},
      {VECHE_E_INTERNAL, ErrorCode::Internal},       {-77, ErrorCode::Internal}};
  for (const auto& [status, code] : cases) {
    plugin_.status = status;
    const Status refused = send(R"({"seat":1})");
    ASSERT_FALSE(refused.ok()) << status;
    EXPECT_EQ(refused.error().code, code) << status;
    EXPECT_THAT(refused.error().message, HasSubstr("the seat is taken"));
    EXPECT_EQ(refused.error().fields[0].pointer, "/seat");
  }
  plugin_.throws = true;
  EXPECT_EQ(send(R"({"seat":1})").error().code, ErrorCode::Internal);
  EXPECT_EQ(timers_[0].failures(), 1u);
}

TEST(ClientMessages, NeedAFunctionAndASoundSchema) {
  veche_client_messages table = kTable;
  table.on_message = nullptr;
  EXPECT_THAT(ClientMessagesAdapter::check(table).error().message, HasSubstr("on_message is null"));
  table = kTable;
  table.schema = R"({"type": "object", "oneOf": []})";
  EXPECT_THAT(ClientMessagesAdapter::check(table).error().message, HasSubstr("is refused"));
  table.schema = nullptr;
  EXPECT_TRUE(ClientMessagesAdapter::check(table)) << "every object is taken";
}

}  // namespace
}  // namespace veche::plugin::client_messages_adapter_test
