// SPDX-License-Identifier: Apache-2.0
// The services veche.rooms/2 and veche.metrics/2 through their tables, over a real room server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "../room/room_fixture.hpp"
#include "plugin/services.hpp"
#include "room/server.hpp"
#include "services_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomsServiceTest : public ServicesFixture {
 protected:
  RoomsServiceTest() : ServicesFixture("stage") {}
  void SetUp() override {
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    rooms_->add_event_handler([this](const room::Event& event) {
      events_.push_back(event.type + " " + event.participant + " " + event.data);
    });
    surroundings_.rooms = &*rooms_;
    room_ = *rooms_->create_room("lobby", {});
    room::ParticipantSettings settings;
    settings.name = "Ada L.";
    settings.metadata = R"({"role":"host"})";
    settings.attributes = {{"role", "host"}};
    ada_ = *room_->join("ada", settings);
    run();
    events_.clear();
  }
  void TearDown() override {
    rooms_.reset();
    run();
  }
  veche_status emit(const char* type, const char* data, const char* participant = "ada") {
    return table_->emit(host_, "lobby", participant, type, data);
  }

  room::FakeEngine engine_;
  std::optional<room::Server> rooms_;
  room::Room* room_ = nullptr;
  room::Participant* ada_ = nullptr;
  std::vector<std::string> events_;
  const veche_rooms* const table_ = table<veche_rooms>(VECHE_HOST_ROOMS);
};

TEST_F(RoomsServiceTest, ShowsRoomsAndParticipants) {
  std::vector<std::string> seen;
  EXPECT_EQ(table_->visit_rooms(
                host_,
                [](void* data, const veche_room_info* info) {
                  static_cast<std::vector<std::string>*>(data)->push_back(
                      std::string(info->room) + " " + std::to_string(info->participant_count) +
                      " " + info->incarnation);
                  return VECHE_VISIT_NEXT;
                },
                &seen),
            VECHE_OK);
  EXPECT_THAT(seen, ElementsAre("lobby 1 " + room_->incarnation()));
  seen.clear();
  EXPECT_EQ(table_->visit_participants(
                host_, "lobby",
                [](void* data, const veche_participant_info* info) {
                  static_cast<std::vector<std::string>*>(data)->push_back(
                      std::string(info->room) + " " + info->participant + " " + info->name + " " +
                      info->metadata + " " + info->attributes + " " +
                      std::to_string(info->session) + std::to_string(info->track_count));
                  return VECHE_VISIT_NEXT;
                },
                &seen),
            VECHE_OK);
  EXPECT_THAT(seen, ElementsAre(R"(lobby ada Ada L. {"role":"host"} {"role":"host"} 00)"));
}

TEST_F(RoomsServiceTest, AVisitorMayEmptyTheRoom) {
  (void)room_->join("bob", {});
  struct Visit {
    room::Server* rooms;
    std::vector<std::string> seen;
  } visit{&*rooms_, {}};
  EXPECT_EQ(table_->visit_participants(
                host_, "lobby",
                [](void* data, const veche_participant_info* info) {
                  auto* self = static_cast<Visit*>(data);
                  self->seen.emplace_back(info->participant);
                  (void)self->rooms->remove_room("lobby");
                  return VECHE_VISIT_NEXT;
                },
                &visit),
            VECHE_OK);
  EXPECT_THAT(visit.seen, ElementsAre("ada"));
}

TEST_F(RoomsServiceTest, AVisitorMayEndTheVisits) {
  (void)room_->join("bob", {});
  (void)rooms_->create_room("attic", {});
  int count = 0;
  const auto first_room = [](void* data, const veche_room_info*) {
    ++*static_cast<int*>(data);
    return VECHE_VISIT_END;
  };
  EXPECT_EQ(table_->visit_rooms(host_, first_room, &count), VECHE_OK);
  const auto first_participant = [](void* data, const veche_participant_info*) {
    ++*static_cast<int*>(data);
    return VECHE_VISIT_END;
  };
  EXPECT_EQ(table_->visit_participants(host_, "lobby", first_participant, &count), VECHE_OK);
  EXPECT_EQ(count, 2);
}

TEST_F(RoomsServiceTest, TagsParticipantsForItsOwnSelectorAlone) {
  EXPECT_EQ(table_->set_tag(host_, "lobby", "ada", 7), VECHE_E_UNSUPPORTED)
      << "another plugin selects";
  engine_.selector = "stage";
  EXPECT_EQ(table_->set_tag(host_, "lobby", "ada", 7), VECHE_OK);
  EXPECT_EQ(engine_.rooms.back()->tags[ada_->number()], 7u);
  EXPECT_EQ(table_->set_tag(host_, "lobby", nullptr, 7), VECHE_E_INVALID);
}

TEST_F(RoomsServiceTest, SaysWhatIsGone) {
  static int32_t seen;
  seen = 0;
  const auto nothing = [](void*, const veche_participant_info*) {
    ADD_FAILURE() << "nobody is there";
    return VECHE_VISIT_NEXT;
  };
  EXPECT_EQ(table_->visit_participants(host_, "attic", nothing, nullptr), VECHE_E_GONE);
  EXPECT_EQ(table_->visit_participants(host_, "lobby", nullptr, nullptr), VECHE_E_INVALID);
  EXPECT_EQ(table_->set_muted(host_, "lobby", "bob", 1), VECHE_E_GONE);
  EXPECT_EQ(table_->set_muted(host_, "attic", "ada", 1), VECHE_E_GONE);
  EXPECT_EQ(table_->set_muted(host_, "lobby", nullptr, 1), VECHE_E_INVALID);
  EXPECT_EQ(table_->set_tag(host_, "lobby", "bob", 1), VECHE_E_GONE);
  surroundings_.rooms = nullptr;
  EXPECT_EQ(table_->visit_rooms(
                host_, [](void*, const veche_room_info*) { return ++seen; }, nullptr),
            VECHE_OK)
      << "while the server starts there are none";
  EXPECT_EQ(seen, 0);
  EXPECT_EQ(table_->set_muted(host_, "lobby", "ada", 1), VECHE_E_GONE);
}

TEST_F(RoomsServiceTest, MutesAsTheBackendDoes) {
  EXPECT_EQ(table_->set_muted(host_, "lobby", "ada", 1), VECHE_OK);
  EXPECT_TRUE(ada_->muted());
  EXPECT_EQ(table_->set_muted(host_, "lobby", "ada", 0), VECHE_OK);
  EXPECT_FALSE(ada_->muted());
}

TEST_F(RoomsServiceTest, RemovesAsTheBackendDoes) {
  const std::string too_long(257, 'x');
  EXPECT_EQ(table_->remove(host_, "lobby", "ada", too_long.c_str()), VECHE_E_INVALID);
  EXPECT_EQ(table_->remove(host_, "lobby", "bob", nullptr), VECHE_E_GONE);
  const int64_t before_ms = unix_ms();
  EXPECT_EQ(table_->remove(host_, "lobby", "ada", "You shouted."), VECHE_OK);
  EXPECT_EQ(room_->find("ada"), nullptr);
  EXPECT_TRUE(rooms_->revocations().refusal("lobby", "ada", before_ms - 1000))
      << "its join token has ended";
  run();
}

TEST_F(RoomsServiceTest, SetsAttributesAndPins) {
  EXPECT_EQ(table_->set_attributes(host_, "lobby", "ada", R"({"role":"guest"})"), VECHE_OK);
  EXPECT_EQ(ada_->settings().attributes, (room::Attributes{{"role", "guest"}}));
  for (const char* wrong : {"[]", "{", R"({"role":1})"}) {
    EXPECT_EQ(table_->set_attributes(host_, "lobby", "ada", wrong), VECHE_E_INVALID) << wrong;
  }
  EXPECT_EQ(table_->set_attributes(host_, "lobby", "bob", "{}"), VECHE_E_GONE);
  EXPECT_EQ(table_->set_pinned(host_, "lobby", "ada", "bob", 1), VECHE_OK);
  EXPECT_EQ(table_->set_pinned(host_, "lobby", "ada", "cid", 1), VECHE_OK);
  EXPECT_EQ(table_->set_pinned(host_, "lobby", "ada", "bob", 1), VECHE_OK);
  EXPECT_THAT(ada_->pinned(), ::testing::UnorderedElementsAre("bob", "cid"));
  EXPECT_EQ(table_->set_pinned(host_, "lobby", "ada", "cid", 0), VECHE_OK);
  EXPECT_THAT(ada_->pinned(), ElementsAre("bob"));
  EXPECT_EQ(table_->set_pinned(host_, "lobby", "ada", "no name", 1), VECHE_E_INVALID);
}

TEST_F(RoomsServiceTest, FindsParticipantsByNameAndByNumber) {
  const uint64_t id = table_->id_of(host_, "lobby", "ada");
  EXPECT_EQ(id, ada_->number().value);
  EXPECT_EQ(table_->id_of(host_, "lobby", "bob"), 0u);
  EXPECT_EQ(table_->id_of(host_, "attic", "ada"), 0u);
  std::string seen;
  const auto note = [](void* data, const veche_participant_info* info) {
    *static_cast<std::string*>(data) = std::string(info->room) + " " + info->participant;
    return VECHE_VISIT_NEXT;
  };
  EXPECT_EQ(table_->visit_participant(host_, id, note, &seen), VECHE_OK);
  EXPECT_EQ(seen, "lobby ada");
  EXPECT_EQ(table_->visit_participant(host_, id + 1000, note, &seen), VECHE_E_GONE);
  (void)room_->remove("ada", room::EndReason::Removed);
  EXPECT_EQ(table_->visit_participant(host_, id, note, &seen), VECHE_E_GONE);
  run();
}

TEST_F(RoomsServiceTest, SendsToTheClientsOfOneParticipant) {
  (void)room_->join("bob", {});
  EXPECT_EQ(table_->send(host_, "lobby", "ada", "{}"), VECHE_E_GONE) << "no client is connected";
  room::RecordingSink ada, bob;
  const auto ada_feed = room_->watch("ada", ada);
  const auto bob_feed = room_->watch("bob", bob);
  ASSERT_TRUE(ada_feed.ok() && bob_feed.ok());
  (void)ada.take(), (void)bob.take();
  EXPECT_EQ(table_->send(host_, "lobby", "ada", R"({"hand":true})"), VECHE_OK);
  EXPECT_THAT(ada.take(), ElementsAre(R"(message stage {"hand":true})"));
  EXPECT_THAT(bob.take(), IsEmpty());
  EXPECT_EQ(table_->send(host_, "lobby", "ada", "[]"), VECHE_E_INVALID);
  EXPECT_EQ(
      table_->send(host_, "lobby", "ada", ("{\"a\":\"" + std::string(4'089, 'x') + "\"}").c_str()),
      VECHE_E_INVALID);
  EXPECT_EQ(table_->send(host_, "lobby", "cid", "{}"), VECHE_E_GONE);
}

TEST_F(RoomsServiceTest, EmitsEventsUnderItsOwnNameOnly) {
  EXPECT_EQ(emit("stage.host-changed", R"({"host":"ada"})"), VECHE_OK);
  EXPECT_EQ(emit("stage.emptied", "{}", ""), VECHE_OK);
  run();
  EXPECT_THAT(events_,
              ElementsAre(R"(stage.host-changed ada {"host":"ada"})", "stage.emptied  {}"));
  EXPECT_EQ(emit("participant.left", "{}"), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.", "{}"), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.Host", "{}"), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.a\nb", "{}"), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.x", "[1]"), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.x", "{"), VECHE_E_INVALID);
  const auto sized = [](size_t size) { return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}"; };
  EXPECT_EQ(emit("stage.x", sized(262'145).c_str()), VECHE_E_INVALID);
  EXPECT_EQ(emit("stage.x", "{}", "bob"), VECHE_E_GONE);
  run();
  EXPECT_EQ(events_.size(), 2u);
  EXPECT_EQ(emit("stage.x", sized(262'144).c_str()), VECHE_OK);
}

TEST_F(RoomsServiceTest, EmitsEventsOfARoomThatHasJustClosed) {
  (void)rooms_->remove_room("lobby");
  EXPECT_EQ(emit("stage.written", "{}"), VECHE_OK) << "participants are not looked up any more";
  EXPECT_EQ(table_->emit(host_, "attic", "", "stage.written", "{}"), VECHE_E_GONE);
  run();
  EXPECT_EQ(events_.back(), "stage.written ada {}");
}

TEST_F(RoomsServiceTest, AnnouncesToTheClientsOfARoom) {
  EXPECT_EQ(table_->announce(host_, "lobby", R"({"active":true})"), VECHE_OK);
  EXPECT_THAT(room_->notices(), ElementsAre(::testing::Pair("stage", R"({"active":true})")));
  EXPECT_EQ(table_->announce(host_, "lobby", "[]"), VECHE_E_INVALID);
  EXPECT_EQ(table_->announce(host_, "lobby", "{"), VECHE_E_INVALID);
  EXPECT_EQ(
      table_->announce(host_, "lobby", ("{\"a\":\"" + std::string(4'089, 'x') + "\"}").c_str()),
      VECHE_E_INVALID);
  EXPECT_EQ(table_->announce(host_, nullptr, "{}"), VECHE_E_INVALID);
  EXPECT_EQ(table_->announce(host_, "attic", "{}"), VECHE_E_GONE);
  EXPECT_EQ(room_->notices().size(), 1u);
  EXPECT_EQ(table_->announce(host_, "lobby", nullptr), VECHE_OK);
  EXPECT_THAT(room_->notices(), IsEmpty());
  Services speaking("speaking", loop_, config_, callbacks_, surroundings_);
  EXPECT_EQ(table_->announce(speaking.host(), "lobby", "{}"), VECHE_E_INVALID)
      << "a snapshot has a key of that name";
}

TEST_F(RoomsServiceTest, DoesNothingOffControl) {
  static int32_t seen;
  seen = 0;
  std::thread([this] {
    EXPECT_EQ(table_->set_muted(host_, "lobby", "ada", 1), VECHE_E_INVALID);
    EXPECT_EQ(emit("stage.x", "{}"), VECHE_E_INVALID);
    EXPECT_EQ(table_->announce(host_, "lobby", "{}"), VECHE_E_INVALID);
    EXPECT_EQ(table_->visit_rooms(
                  host_, [](void*, const veche_room_info*) { return ++seen; }, nullptr),
              VECHE_E_INVALID);
    EXPECT_EQ(table_->set_tag(host_, "lobby", "ada", 1), VECHE_E_INVALID);
  }).join();
  EXPECT_EQ(seen, 0);
  EXPECT_FALSE(ada_->muted());
}

TEST_F(RoomsServiceTest, MetricsOfAllPluginsAreVisited) {
  Services other("pulse", loop_, config_, callbacks_, surroundings_);
  const auto* metrics = table<veche_metrics>(VECHE_HOST_METRICS);
  const int64_t bounds[] = {10, 20};
  veche_metric* hosts =
      metrics->add_metric(host_, VECHE_METRIC_GAUGE, "hosts", "Who may talk.", nullptr, 0);
  veche_metric* waits =
      metrics->add_metric(other.host(), VECHE_METRIC_HISTOGRAM, "wait_us", "Waits.", bounds, 2);
  ASSERT_TRUE(hosts && waits);
  EXPECT_EQ(metrics->add_metric(host_, VECHE_METRIC_GAUGE, "hosts", "", nullptr, 0), nullptr);
  metrics->set(hosts, 3);
  metrics->add(waits, 15);
  metrics->add(nullptr, 1);
  std::vector<std::string> seen;
  const auto visit = [](void* data, const veche_metric_info* info) {
    static_cast<std::vector<std::string>*>(data)->push_back(
        std::string(info->plugin) + " " + info->name + " " + std::to_string(info->value) + " " +
        (info->bound_count == 2 ? std::to_string(info->counts[1]) : "-"));
    return VECHE_VISIT_NEXT;
  };
  metrics->visit(host_, visit, &seen);
  EXPECT_THAT(seen, ElementsAre("stage hosts 3 -", "pulse wait_us 15 1"));
  other.close();
  seen.clear();
  metrics->visit(host_, visit, &seen);
  EXPECT_THAT(seen, ElementsAre("stage hosts 3 -")) << "that one does not run any more";
  std::thread([&] {
    seen.clear();
    metrics->visit(host_, visit, &seen);
    EXPECT_THAT(seen, IsEmpty());
  }).join();
}

}  // namespace
}  // namespace veche::plugin
