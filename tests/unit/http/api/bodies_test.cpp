// SPDX-License-Identifier: Apache-2.0
// Tests of request bodies: what is read, what is refused, and at which place.
#include "http/api/bodies.hpp"

#include <gtest/gtest.h>

#include "http/api/resource_fields.hpp"

namespace veche::http {
namespace {

template <class T>
std::string first_pointer(const Checked<T>& checked) {
  return checked.ok() ? "ok" : checked.problems[0].pointer;
}

TEST(Bodies, RoomsTakePluginsPartsAsTheyAre) {
  const auto room =
      read_room(R"({"max_participants":5,"metadata":{"a":1},"forwarding":{"max_speakers":2}})", 60);
  ASSERT_TRUE(room.ok());
  EXPECT_EQ(room.value.max_participants, 5u);
  EXPECT_EQ(room.value.empty_timeout_s, 60u);
  EXPECT_EQ(room.value.metadata, R"({"a":1})");
  EXPECT_EQ(room.value.plugins.at("forwarding"), R"({"max_speakers":2})");
  EXPECT_TRUE(read_room("", 60).ok());
}

TEST(Bodies, SayWhereARoomIsWrong) {
  EXPECT_EQ(first_pointer(read_room(R"({"max_participants":0})", 60)), "/max_participants");
  EXPECT_EQ(first_pointer(read_room(R"({"max_participants":"5"})", 60)), "/max_participants");
  EXPECT_EQ(first_pointer(read_room(R"({"max_partcipants":5})", 60)), "/max_partcipants");
  EXPECT_EQ(first_pointer(read_room(R"({"metadata":[]})", 60)), "/metadata");
  EXPECT_EQ(first_pointer(read_room("[]", 60)), "");
  EXPECT_EQ(first_pointer(read_room("{", 60)), "");
}

room::ParticipantSettings defaults(const std::string&) { return {}; }

TEST(Bodies, KeepNumbersOfMetadataOrSayWhichTheyCannotKeep) {
  const std::string kept = R"({"n":[9223372036854775807,-9223372036854775808,0.1,1e+300]})";
  const auto room = read_room(R"({"metadata":)" + kept + "}", 60);
  ASSERT_TRUE(room.ok());
  EXPECT_EQ(room.value.metadata, kept);
  const std::string lost = R"({"metadata":{"n":[0,9223372036854775808]}})";
  EXPECT_EQ(first_pointer(read_room(lost, 60)), "/metadata/n/1");
  EXPECT_EQ(first_pointer(read_room_patch(lost, {}, 60)), "/metadata/n/1");
  EXPECT_EQ(first_pointer(read_invitation(lost, defaults)), "/metadata/n/1");
  EXPECT_EQ(first_pointer(read_participant_patch(lost, "{}")), "/metadata/n/1");
  EXPECT_EQ(first_pointer(read_client_command(R"({"id":9223372036854775808})")), "/id");
}

TEST(Bodies, ARoomPatchChangesWhatItNames) {
  room::RoomPolicy current;
  current.max_participants = 5;
  current.metadata = R"({"a":1,"b":2})";
  current.plugins = {{"forwarding", R"({"max_speakers":2,"x":1})"}};
  auto patch = read_room_patch(R"({"metadata":{"a":null,"c":3},"forwarding":{"max_speakers":4}})",
                               current, 60);
  ASSERT_TRUE(patch.ok());
  EXPECT_FALSE(patch.value.max_participants);
  EXPECT_EQ(*patch.value.metadata, R"({"b":2,"c":3})");
  EXPECT_EQ(patch.value.plugins.at("forwarding"), R"({"max_speakers":4,"x":1})");

  patch = read_room_patch(R"({"max_participants":null,"empty_timeout_s":null,"forwarding":null})",
                          current, 60);
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(*patch.value.max_participants, 0u);
  EXPECT_EQ(*patch.value.empty_timeout_s, 60u);
  EXPECT_EQ(patch.value.plugins.at("forwarding"), "{}");
  EXPECT_EQ(first_pointer(read_room_patch(R"({"id":"x"})", current, 60)), "/id");
  EXPECT_EQ(first_pointer(read_room_patch("[]", current, 60)), "");
}

TEST(Bodies, AnInvitationHasDefaults) {
  const auto empty = read_invitation("", defaults);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty.value.participant, "");
  EXPECT_EQ(empty.value.token_ttl_s, 21600);
  const auto full = read_invitation(
      R"({"id":"ann","name":"Ann","permissions":{"publish":["video"]},"slots":{"audio":2},"token_ttl_s":60})",
      defaults);
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(full.value.participant, "ann");
  EXPECT_EQ(full.value.given.name, "Ann");
  EXPECT_EQ(full.value.given.permissions,
            (room::Permissions{.publish_audio = false, .publish_video = true, .subscribe = true}));
  EXPECT_EQ(full.value.given.max_audio_slots, 2u);
  EXPECT_EQ(full.value.given.muted_by_backend, std::nullopt);
  EXPECT_EQ(full.value.given.metadata, std::nullopt);
  const auto pointer = [](const char* body) {
    return first_pointer(read_invitation(body, defaults));
  };
  EXPECT_EQ(pointer(R"({"participant":"ann"})"), "/participant");
  EXPECT_EQ(pointer(R"({"token_ttl_s":86401})"), "/token_ttl_s");
  EXPECT_EQ(pointer(R"({"slots":{"audio":-1}})"), "/slots/audio");
  EXPECT_EQ(pointer(R"({"permissions":{"publish":["radio"]}})"), "/permissions/publish/0");
  EXPECT_EQ(pointer(R"({"muted":1})"), "/muted");
  EXPECT_EQ(pointer(R"({"muted_by_self":true})"), "/muted_by_self");
  EXPECT_EQ(pointer("[]"), "");
  EXPECT_EQ(pointer("{"), "");
}

TEST(Bodies, AnInvitationChangesOnlyWhatItGives) {
  const auto settings_of = [](const std::string& participant) {
    room::ParticipantSettings settings;
    if (participant == "ann") {
      settings = {.permissions = {.subscribe = false}, .muted_by_backend = true};
    }
    return settings;
  };
  const auto demoted = read_invitation(R"({"id":"ann","permissions":{"publish":[]}})", settings_of);
  ASSERT_TRUE(demoted.ok());
  EXPECT_FALSE(demoted.value.given.permissions->publish_audio);
  EXPECT_FALSE(demoted.value.given.permissions->subscribe) << "as it was";
  EXPECT_EQ(demoted.value.given.muted_by_backend, std::nullopt) << "stays";
  const auto reset =
      read_invitation(R"({"id":"ann","permissions":null,"muted":false})", settings_of);
  ASSERT_TRUE(reset.ok());
  EXPECT_EQ(reset.value.given.permissions, room::Permissions{});
  EXPECT_EQ(reset.value.given.muted_by_backend, false);
}

TEST(Bodies, AParticipantPatchMergesIntoWhatIsThere) {
  const std::string current =
      R"({"name":"Ann","metadata":{"a":1},"muted":true,"pinned":["bob"],"blocked":[],)"
      R"("slots":{"audio":2,"video":3},"permissions":{"publish":["audio"],"subscribe":true}})";
  const auto patch = read_participant_patch(
      R"({"name":null,"slots":{"audio":1},"permissions":{"subscribe":false},"pinned":["cay"],"muted":null})",
      current);
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(*patch.value.name, "");
  EXPECT_EQ(*patch.value.max_audio_slots, 1u);
  EXPECT_EQ(*patch.value.max_video_slots, 3u);
  EXPECT_TRUE(patch.value.permissions->publish_audio);
  EXPECT_FALSE(patch.value.permissions->publish_video);
  EXPECT_FALSE(patch.value.permissions->subscribe);
  EXPECT_EQ(*patch.value.pinned, std::vector<std::string>{"cay"});
  EXPECT_FALSE(*patch.value.muted_by_backend);
  EXPECT_EQ(patch.value.muted_by_self, std::nullopt);
  EXPECT_FALSE(patch.value.metadata);
  EXPECT_FALSE(patch.value.blocked);
  EXPECT_EQ(first_pointer(read_participant_patch(R"({"state":"ended"})", current)), "/state");
  EXPECT_EQ(first_pointer(read_participant_patch(R"({"pinned":[1]})", current)), "/pinned/0");
}

TEST(Bodies, ClientCommandsAreCheckedAndKeepTheirId) {
  const auto mute = read_client_command(R"({"id":7,"type":"mute","data":{"muted":true}})");
  ASSERT_TRUE(mute.ok());
  EXPECT_EQ(mute.value.id, 7);
  EXPECT_TRUE(*mute.value.patch.muted_by_self);
  EXPECT_EQ(mute.value.patch.muted_by_backend, std::nullopt) << "that is not the client's";
  EXPECT_EQ(*read_client_command(R"({"id":1,"type":"pin","data":{"participants":["a"]}})")
                 .value.patch.pinned,
            std::vector<std::string>{"a"});
  EXPECT_TRUE(read_client_command(R"({"id":1,"type":"block","data":{"participants":[]}})")
                  .value.patch.blocked);

  const auto wrong = read_client_command(R"({"id":9,"type":"mute","data":{"participants":[]}})");
  EXPECT_EQ(first_pointer(wrong).rfind("/data", 0), 0u);
  EXPECT_EQ(wrong.value.id, 9);
  for (const char* text :
       {"", "[]", "{}", R"({"id":1,"type":"want","data":{}})", R"({"id":1,"type":"pin"})",
        R"({"id":"x","type":"mute","data":{"muted":true}})"}) {
    EXPECT_FALSE(read_client_command(text).ok()) << text;
  }
}

/// The output of `write_fields` for an object that was never read.
template <class T>
std::string written(const glib::Fields<T>& fields, const T& value) {
  glib::JsonWriter json;
  json.begin_object();
  write_fields(json, fields, value);
  return json.end_object().text();
}

TEST(Fields, OfParticipantsSayTheDefaultsThatTheirStructsHave) {
  const glib::JsonSchema schema = glib::schema_of(glib::object_schema("", participant_fields()));
  const auto object = glib::parse_json("{}");
  ASSERT_TRUE(schema.apply(object->get(), true).empty());
  room::ParticipantPatch filled;
  glib::read_fields(object->get(), participant_fields(), filled);
  const room::ParticipantSettings settings;
  EXPECT_EQ(filled.name, settings.name);
  EXPECT_EQ(filled.metadata, settings.metadata);
  EXPECT_EQ(filled.permissions, settings.permissions);
  EXPECT_EQ(filled.muted_by_backend, settings.muted_by_backend);
  EXPECT_EQ(filled.max_audio_slots, settings.max_audio_slots);
  EXPECT_EQ(filled.max_video_slots, settings.max_video_slots);
  EXPECT_EQ(written(participant_fields(), filled), glib::to_text(object->get()));
}

TEST(Fields, DescribeThemselves) {
  const auto check = [](const auto& fields) {
    for (const auto& field : fields) {
      const glib::JsonSchema schema = glib::schema_of(field.schema);
      EXPECT_TRUE(glib::member(schema.root(), "type")) << field.name;
      EXPECT_TRUE(glib::member(schema.root(), "description")) << field.name;
    }
  };
  check(room_fields<room::RoomPolicy>());
  check(participant_fields());
}

}  // namespace
}  // namespace veche::http
