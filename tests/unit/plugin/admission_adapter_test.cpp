// SPDX-License-Identifier: Apache-2.0
// A plugin that decides who joins, and with what.
#include "plugin/admission_adapter.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>

#include "../room/fake_media.hpp"
#include "room/server.hpp"

namespace veche::plugin::admission_adapter_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

struct FakePlugin {
  std::function<veche_status(const veche_admission_request&, veche_admission&, veche_error&)> admit;
};

veche_status admit(veche_plugin* self, const veche_admission_request* request,
                   veche_admission* admission, veche_error* error) {
  return reinterpret_cast<FakePlugin*>(self)->admit(*request, *admission, *error);
}

constexpr veche_admission_policy kTable = {
    .struct_size = sizeof(veche_admission_policy), .reserved = 0, .admit = admit};

class AdmissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    room_ = *rooms_->create_room("lobby", {});
    adapter_.give(engine_, *rooms_);
  }
  void TearDown() override {
    rooms_.reset();
    while (loop_.iterate()) {
    }
  }

  glib::ControlLoop loop_;
  room::FakeEngine engine_;
  std::optional<room::Server> rooms_;
  room::Room* room_ = nullptr;
  FakePlugin plugin_;
  HookTimers timers_;
  AdmissionAdapter adapter_{"door", kTable, reinterpret_cast<veche_plugin*>(&plugin_), timers_};
};

TEST_F(AdmissionTest, AsksOnceForEachStayAndShowsWhatIsAskedFor) {
  std::vector<std::string> asked;
  plugin_.admit = [&](const veche_admission_request& request, veche_admission& admission,
                      veche_error&) {
    asked.push_back(std::string(request.room) + " " + request.participant + " " + request.name +
                    " " + request.metadata + " " + request.attributes + " " +
                    std::to_string(request.participant_count) + " " +
                    std::to_string(admission.publish_audio) + std::to_string(admission.muted));
    return VECHE_OK;
  };
  room::ParticipantSettings settings;
  settings.name = "Ann";
  settings.metadata = R"({"a":1})";
  settings.attributes = {{"role", "host"}};
  settings.permissions.publish_audio = false;
  ASSERT_TRUE(room_->join("ann", settings).ok());
  ASSERT_TRUE(room_->join("ann", settings).ok());
  ASSERT_TRUE(room_->invite("bob", {}).ok());
  EXPECT_THAT(asked, ::testing::ElementsAre(R"(lobby ann Ann {"a":1} {"role":"host"} 0 00)",
                                            "lobby bob  {} {} 1 10"));
  EXPECT_FALSE(room_->find("ann")->settings().permissions.publish_audio);
}

TEST_F(AdmissionTest, ChangesWithWhatSomebodyJoins) {
  static std::string attributes;
  plugin_.admit = [&](const veche_admission_request&, veche_admission& admission, veche_error&) {
    attributes = R"({"role":"guest"})";
    admission.muted = 1;
    admission.publish_video = 0;
    admission.max_speakers = 2;
    admission.attributes = attributes.c_str();
    return VECHE_OK;
  };
  ASSERT_TRUE(room_->join("ann", {}).ok());
  const room::ParticipantSettings& settings = room_->find("ann")->settings();
  EXPECT_TRUE(settings.muted_by_backend);
  EXPECT_TRUE(settings.permissions.publish_audio);
  EXPECT_FALSE(settings.permissions.publish_video);
  EXPECT_EQ(settings.max_audio_slots, 2u);
  EXPECT_THAT(settings.attributes, UnorderedElementsAre(Pair("role", "guest")));
}

TEST_F(AdmissionTest, RefusesWithThePluginsReason) {
  veche_status status = VECHE_E_INVALID;
  plugin_.admit = [&](const veche_admission_request&, veche_admission&, veche_error& error) {
    strcpy(error.message, "the doors are closed");
    return status;
  };
  const auto refused = room_->join("ann", {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::PermissionDenied);
  EXPECT_EQ(refused.error().message, "door: the doors are closed");
  status = VECHE_E_EXHAUSTED;
  EXPECT_EQ(room_->join("ann", {}).error().code, ErrorCode::Exhausted);
  EXPECT_EQ(room_->find("ann"), nullptr);
  status = VECHE_OK;
  EXPECT_TRUE(room_->join("ann", {}).ok()) << "it may try again";
}

TEST_F(AdmissionTest, LetsNobodyInWhileThePluginCannotDecide) {
  plugin_.admit = [](const veche_admission_request&, veche_admission&,
                     veche_error&) -> veche_status { throw std::runtime_error("no idea"); };
  EXPECT_EQ(room_->join("ann", {}).error().code, ErrorCode::Unavailable);
  for (const char* wrong : {"[]", "{", R"({"role":1})", R"({"":"x"})"}) {
    plugin_.admit = [wrong](const veche_admission_request&, veche_admission& admission,
                            veche_error&) {
      admission.attributes = wrong;
      return VECHE_OK;
    };
    const auto refused = room_->join("ann", {});
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable) << wrong;
    EXPECT_THAT(refused.error().message, HasSubstr("\"door\" cannot decide"));
  }
  EXPECT_EQ(room_->find("ann"), nullptr);
  adapter_.leave(*rooms_);
  EXPECT_TRUE(room_->join("ann", {}).ok()) << "without the plugin everybody may";
}

TEST_F(AdmissionTest, SurvivesAPluginThatEndsTheRoom) {
  plugin_.admit = [&](const veche_admission_request& request, veche_admission&, veche_error&) {
    (void)rooms_->remove_room(request.room);
    return VECHE_OK;
  };
  EXPECT_EQ(room_->join("ann", {}).error().code, ErrorCode::Unavailable);
}

TEST_F(AdmissionTest, SeesWhatTheOneBeforeHasLeft) {
  FakePlugin second;
  AdmissionAdapter after("second", kTable, reinterpret_cast<veche_plugin*>(&second), timers_);
  after.give(engine_, *rooms_);
  plugin_.admit = [](const veche_admission_request&, veche_admission& admission, veche_error&) {
    admission.muted = 1;
    admission.attributes = R"({"role":"guest"})";
    return VECHE_OK;
  };
  std::string seen;
  second.admit = [&](const veche_admission_request& request, veche_admission& admission,
                     veche_error&) {
    seen = std::string(request.attributes) + " " + std::to_string(admission.muted);
    return VECHE_OK;
  };
  EXPECT_TRUE(room_->join("ann", {}).ok());
  EXPECT_EQ(seen, R"({"role":"guest"} 1)");
  after.leave(*rooms_);
}

}  // namespace
}  // namespace veche::plugin::admission_adapter_test
