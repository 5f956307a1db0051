// SPDX-License-Identifier: Apache-2.0
// Tests of rooms and participants over HTTP.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "json_at.hpp"
#include "room/reserved_names.hpp"

namespace veche::http {
namespace {

class HttpRooms : public HttpTest {};

/// A plugin whose part of a policy may have only a "mode".
class Recording : public room::RoomSettings {
 public:
  std::string name() const override { return "recording"; }
  Result<std::string> complete(const std::string& json) const override {
    if (json == "{}" || json == R"({"mode":"mix"})") return json;
    return Error{ErrorCode::InvalidArgument, "/mode: it is wrong", {{"/mode", "it is wrong"}}};
  }
  void changed(const std::string& room, const std::string& json) override {
    told = room + " " + json;
  }
  std::string told;
};

TEST_F(HttpRooms, InviteWithEveryNumberThatTheyAccept) {
  const auto invite = [&](const std::string& number) {
    return json("POST", "/v1/rooms/blue/participants", R"({"metadata":{"n":)" + number + "}}");
  };
  // libjwt, which signs the token, reads no integer beyond 64 bits.
  for (const char* number : {"9223372036854775807", "-9223372036854775808", "9223372036854775808.0",
                             "1.2345678901234568e20", "1e300", "-0.0", "5e-324"}) {
    EXPECT_EQ(invite(number).status, 201) << number;
  }
  for (const char* number : {"9223372036854775808", "123456789012345678901", "1e400"}) {
    const Answer refused = invite(number);
    EXPECT_EQ(refused.status, 400) << number;
    EXPECT_NE(refused.body.find(R"("pointer":"/metadata/n")"), std::string::npos) << refused.body;
  }
}

TEST_F(HttpRooms, TakeThePartsOfPlugins) {
  Recording recording;
  rooms->add_room_settings(recording);
  for (const char* method : {"PUT", "PATCH"}) {
    const Answer made = json("PUT", "/v1/rooms/blue", R"({"recording":{"mode":"mix"}})");
    EXPECT_EQ(at(made.body, {"recording"}), R"({"mode":"mix"})");
    run();
    EXPECT_EQ(recording.told, R"(blue {"mode":"mix"})");
    const Answer refused = json(method, "/v1/rooms/blue", R"({"recording":{"mode":1}})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(at(refused.body, {"errors"}),
              R"([{"pointer":"/recording/mode","detail":"it is wrong"}])");
    EXPECT_EQ(at(refused.body, {"detail"}),
              R"("The room's settings of recording are refused: /mode: it is wrong")");
  }
  EXPECT_EQ(json("PATCH", "/v1/rooms/blue", R"({"recording":null})").status, 200);
  run();
  EXPECT_EQ(recording.told, "blue {}");
  rooms->remove_room_settings(recording);
}

TEST_F(HttpRooms, HaveNoFieldThatCouldBeAPlugin) {
  rooms->add_event_handler([](const room::Event& event) {
    EXPECT_TRUE(room::is_reserved_name(event.type.substr(0, event.type.find('.')))) << event.type;
  });
  const auto made = glib::parse_json(json("PUT", "/v1/rooms/blue", "{}").body);
  ASSERT_TRUE(made.ok());
  for (const std::string& field : glib::names_of(made->get())) {
    EXPECT_TRUE(room::is_reserved_name(field)) << field;
  }
  connect("ann");
}

TEST_F(HttpRooms, MayBeReplacedWhileAPluginWithSettingsThereIsDisabled) {
  Recording recording;
  rooms->add_room_settings(recording);
  const char body[] = R"({"recording":{"mode":"mix"}})";
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", body).status, 201);
  run();
  rooms->remove_room_settings(recording);
  EXPECT_EQ(
      json("PUT", "/v1/rooms/blue", R"({"recording":{"mode":"mix"},"metadata":{"a":1}})").status,
      200);
  const Answer replaced = json("PUT", "/v1/rooms/blue", R"({"max_participants":3})");
  EXPECT_EQ(replaced.status, 200) << replaced.body;
  EXPECT_EQ(at(replaced.body, {"recording"}), "{}");
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", body).status, 400) << "nobody can check it";
}

TEST_F(HttpRooms, ShowWhatPluginsTellClients) {
  EXPECT_EQ(at(json("PUT", "/v1/rooms/blue", "{}").body, {"notices"}), "{}");
  rooms->find_room("blue")->announce("recording", R"({"active":true})");
  EXPECT_EQ(at(get("/v1/rooms/blue").body, {"notices"}), R"({"recording":{"active":true}})");
  EXPECT_EQ(json("PATCH", "/v1/rooms/blue", R"({"notices":{}})").status, 400);
}

TEST_F(HttpRooms, AreCreatedReadReplacedAndDeleted) {
  const Answer made =
      json("PUT", "/v1/rooms/blue",
           R"({"max_participants":5,"metadata":{"a":1},"forwarding":{"max_speakers":3}})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("location"), "/v1/rooms/blue");
  const Answer read = get("/v1/rooms/blue");
  EXPECT_EQ(read.body, made.body);
  EXPECT_EQ(at(read.body, {"id"}), "\"blue\"");
  EXPECT_EQ(at(read.body, {"max_participants"}), "5");
  EXPECT_EQ(at(read.body, {"participants"}), "0");
  EXPECT_EQ(at(read.body, {"forwarding"}), R"({"max_speakers":3})");
  EXPECT_NE(read.body.find("\"created_at\":\"20"), std::string::npos);
  EXPECT_EQ(at(read.body, {"incarnation"}), "\"" + rooms->find_room("blue")->incarnation() + "\"");

  const Answer replaced = json("PUT", "/v1/rooms/blue", "{}");
  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(at(replaced.body, {"max_participants"}), "200") << "the server's limit";
  EXPECT_EQ(at(replaced.body, {"metadata"}), "{}");
  EXPECT_EQ(replaced.body.find("max_speakers"), std::string::npos);

  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue"}).status, 204);
  EXPECT_EQ(get("/v1/rooms/blue").status, 404);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue"}).status, 404);
}

TEST_F(HttpRooms, SayWhatIsWrongWithThem) {
  const Answer fields = json("PUT", "/v1/rooms/blue", R"({"max_participants":"many"})");
  EXPECT_EQ(fields.status, 400);
  EXPECT_NE(fields.body.find("\"pointer\":\"/max_participants\""), std::string::npos)
      << fields.body;
  const Answer plugin = json("PUT", "/v1/rooms/blue", R"({"forwarding":{"max_speakers":99}})");
  EXPECT_EQ(plugin.status, 400);
  EXPECT_NE(plugin.body.find("max_speakers must be"), std::string::npos);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", R"({"teleport":{}})").status, 400);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", "{").status, 400);
  EXPECT_EQ(get("/v1/rooms/blue").status, 404) << "nothing was made";
}

TEST_F(HttpRooms, ArePatched) {
  json("PUT", "/v1/rooms/blue", R"({"max_participants":5,"metadata":{"a":1,"b":2}})");
  const Answer patched = call({.method = "PATCH",
                               .path = "/v1/rooms/blue",
                               .body = R"({"metadata":{"a":null}})",
                               .content_type = "application/merge-patch+json"});
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(at(patched.body, {"metadata"}), R"({"b":2})");
  EXPECT_EQ(at(patched.body, {"max_participants"}), "5");
  EXPECT_EQ(json("PATCH", "/v1/rooms/blue", R"({"id":"red"})").status, 400);
  EXPECT_EQ(json("PATCH", "/v1/rooms/red", "{}").status, 404);
}

TEST_F(HttpRooms, SayAndChooseTheirPath) {
  const auto path_of = [&](const Answer& answer) { return at(answer.body, {"media_path"}); };
  EXPECT_EQ(path_of(json("PUT", "/v1/rooms/blue", "{}")), "\"wire\"") << "the server's";
  EXPECT_EQ(path_of(json("PUT", "/v1/rooms/blue", R"({"media_path":"pipeline"})")), "\"pipeline\"");
  EXPECT_EQ(path_of(get("/v1/rooms/blue")), "\"pipeline\"");
  EXPECT_EQ(path_of(json("PATCH", "/v1/rooms/blue", R"({"max_participants":5})")), "\"pipeline\"");
  EXPECT_EQ(path_of(json("PATCH", "/v1/rooms/blue", R"({"media_path":"wire"})")), "\"wire\"");
  engine.path = media::PathKind::Pipeline;
  EXPECT_EQ(path_of(get("/v1/rooms/blue")), "\"wire\"") << "chosen";
  EXPECT_EQ(path_of(json("PATCH", "/v1/rooms/blue", R"({"media_path":null})")), "\"pipeline\"")
      << "the server's again";
  json("PATCH", "/v1/rooms/blue", R"({"media_path":"wire"})");
  EXPECT_EQ(path_of(json("PUT", "/v1/rooms/blue", "{}")), "\"pipeline\"") << "replaced";
  EXPECT_TRUE(engine.rooms.back()->settings.empty()) << "it is no plugin's";
}

TEST_F(HttpRooms, SayAndChooseWhatATrackMaySend) {
  const auto packets = [](const Answer& answer) {
    return at(answer.body, {"audio_packets_per_s"});
  };
  const char* path = "/v1/rooms/blue";
  EXPECT_EQ(packets(json("PUT", path, "{}")), "100") << "the server's";
  EXPECT_EQ(packets(json("PATCH", path, R"({"audio_packets_per_s":400})")), "400");
  EXPECT_EQ(at(json("PATCH", path, R"({"audio_bitrate_bps":64000})").body, {"audio_bitrate_bps"}),
            "64000");
  EXPECT_EQ(packets(get(path)), "400");
  EXPECT_EQ(packets(json("PATCH", path, R"({"audio_packets_per_s":null})")), "100");
  json("PATCH", path, R"({"audio_packets_per_s":400})");
  EXPECT_EQ(packets(json("PUT", path, "{}")), "100") << "replaced";
  EXPECT_EQ(packets(json("PUT", "/v1/rooms/red", R"({"audio_packets_per_s":50})")), "50");
  EXPECT_EQ(json("PATCH", path, R"({"audio_packets_per_s":0})").status, 400);
}

TEST_F(HttpRooms, SayWhatIsWrongWithTheirPath) {
  json("PUT", "/v1/rooms/red", "{}");
  for (const char* value : {R"("tunnel")", R"("")", "3", R"(["wire"])"}) {
    const std::string body = "{\"media_path\":" + std::string(value) + "}";
    for (const auto& [method, path] :
         {std::pair("PUT", "/v1/rooms/blue"), std::pair("PUT", "/v1/rooms/red"),
          std::pair("PATCH", "/v1/rooms/red")}) {
      const Answer refused = json(method, path, body);
      EXPECT_EQ(refused.status, 400) << method << body;
      EXPECT_NE(refused.body.find("\"pointer\":\"/media_path\""), std::string::npos)
          << refused.body;
    }
  }
  EXPECT_EQ(get("/v1/rooms/blue").status, 404) << "nothing was made";
  engine.has_wire = false;
  const Answer refused = json("PATCH", "/v1/rooms/red", R"({"media_path":"wire"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("is not available"), std::string::npos) << refused.body;
}

TEST_F(HttpRooms, HonourPreconditions) {
  const std::string any = "If-None-Match: *\r\n";
  const Answer made = json("PUT", "/v1/rooms/blue", "{}", any);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", "{}", any).status, 412);
  const std::string tag = made.header("etag");
  EXPECT_EQ(get("/v1/rooms/blue", "If-None-Match: " + tag + "\r\n").status, 304);

  const std::string if_match = "If-Match: " + tag + "\r\n";
  const Answer first = json("PATCH", "/v1/rooms/blue", R"({"max_participants":7})", if_match);
  EXPECT_EQ(first.status, 200);
  EXPECT_NE(first.header("etag"), tag);
  EXPECT_EQ(json("PATCH", "/v1/rooms/blue", R"({"max_participants":8})", if_match).status, 412);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", "{}", if_match).status, 412);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue", .headers = if_match}).status, 412);
  EXPECT_EQ(get("/v1/rooms/blue", "If-None-Match: " + tag + "\r\n").status, 200);
  EXPECT_EQ(json("PUT", "/v1/rooms/new", "{}", "If-Match: *\r\n").status, 412);
}

TEST_F(HttpRooms, AreListedInPages) {
  for (const char* name : {"a", "b", "c", "d", "e"})
    json("PUT", std::string("/v1/rooms/") + name, "{}");
  std::string names, path = "/v1/rooms?limit=2";
  for (int page = 0; page < 3; ++page) {
    const Answer answer = get(path);
    const auto root = glib::parse_json(answer.body);
    ASSERT_TRUE(root.ok());
    for (JsonNode* room : glib::elements_of(glib::member(root->get(), "rooms"))) {
      names += json_node_get_string(glib::member(room, "id"));
    }
    names += ' ';
    path = "/v1/rooms?limit=2&cursor=" + at(answer.body, {"next_cursor"}).substr(1, 1);
    EXPECT_EQ(at(answer.body, {"next_cursor"}) == "null", page == 2);
  }
  EXPECT_EQ(names, "ab cd e ");
  for (const char* limit : {"0", "101", "-1", "x", "2x"}) {
    EXPECT_EQ(get(std::string("/v1/rooms?limit=") + limit).status, 400) << limit;
  }
}

TEST_F(HttpRooms, AreReadByReadersAndChangedByOthers) {
  EXPECT_EQ(call({.path = "/v1/rooms", .key = "eye.eyesecret"}).status, 200);
  EXPECT_EQ(call({.method = "PUT", .path = "/v1/rooms/blue", .key = "eye.eyesecret"}).status, 403);
  EXPECT_EQ(call({.method = "PUT", .path = "/v1/rooms/blue", .key = "back.backsecret"}).status,
            201);
}

class HttpParticipants : public HttpTest {
 protected:
  const std::string participants_ = "/v1/rooms/blue/participants";
};

TEST_F(HttpParticipants, AreInvitedWithEverythingThatTheyNeed) {
  Settings settings;
  settings.ice_servers = {{{"turn:t.example"}, "north"}};
  start(settings);
  const Answer invited =
      json("POST", participants_, R"({"id":"ann","name":"Ann","slots":{"audio":4}})");
  EXPECT_EQ(invited.status, 201);
  EXPECT_EQ(invited.header("location"), participants_ + "/ann");
  EXPECT_EQ(at(invited.body, {"session_url"}), "\"" + participants_ + "/ann/session\"");
  EXPECT_EQ(at(invited.body, {"events_url"}), "\"" + participants_ + "/ann/events\"");
  EXPECT_EQ(at(invited.body, {"participant", "name"}), "\"Ann\"");
  EXPECT_EQ(at(invited.body, {"participant", "slots"}), R"({"audio":4,"video":0})");
  EXPECT_NE(at(invited.body, {"ice_servers"}).find(":ann\",\"credential\":\""), std::string::npos);

  const std::string quoted = at(invited.body, {"token"});
  const std::string token = quoted.substr(1, quoted.size() - 2);
  const auto as_ann = [&](const std::string& method, const std::string& path) {
    return call({.method = method, .path = path, .key = token}).status;
  };
  EXPECT_EQ(as_ann("GET", participants_ + "/ann"), 200);
  EXPECT_EQ(as_ann("GET", participants_ + "/ann/stats"), 200);
  EXPECT_EQ(as_ann("GET", participants_ + "/bob"), 403);
  EXPECT_EQ(as_ann("DELETE", participants_ + "/ann"), 403);
  EXPECT_EQ(as_ann("GET", "/v1/rooms/blue"), 403);
  EXPECT_EQ(as_ann("GET", "/v1/server"), 403);
}

TEST_F(HttpParticipants, GetANameIfTheyHaveNone) {
  const Answer invited = call({.method = "POST", .path = participants_});
  EXPECT_EQ(invited.status, 201);
  EXPECT_EQ(at(invited.body, {"participant", "id"}).size(), 38u) << "a UUID in quotes";
  EXPECT_EQ(json("POST", participants_, R"({"id":"../x"})").status, 400);
  EXPECT_EQ(json("POST", participants_, R"({"id":""})").status, 201);
}

TEST_F(HttpParticipants, AreShownWithTheirSession) {
  connect("ann");
  const std::string body = get(participants_ + "/ann").body;
  EXPECT_EQ(at(body, {"state"}), "\"connected\"");
  EXPECT_NE(at(body, {"tracks"}).find(R"("mid":"0","kind":"audio")"), std::string::npos) << body;
  EXPECT_NE(
      at(body, {"slot_state"}).find(R"({"mid":"1","kind":"audio","participant":"","track":0,)"),
      std::string::npos);
  EXPECT_EQ(at(body, {"permissions"}), R"({"publish":["audio","video"],"subscribe":true})");
  EXPECT_NE(at(body, {"join_phases_ms", "negotiation"}).substr(0, 2), "no");
  EXPECT_EQ(at(get(participants_ + "/ann/stats").body, {"packets_received"}), "7");
  EXPECT_NE(get(participants_).body.find("\"id\":\"ann\""), std::string::npos);
  EXPECT_EQ(at(get("/v1/rooms/blue").body, {"participants"}), "1");
}

TEST_F(HttpParticipants, ShowThePathAndItsQuality) {
  json("PUT", "/v1/rooms/blue", R"({"media_path":"pipeline"})");
  connect("ann");
  const std::string body = get(participants_ + "/ann/stats").body;
  EXPECT_EQ(at(body, {"path"}), "\"pipeline\"");
  EXPECT_EQ(at(body, {"packets_limited"}), "0");
  EXPECT_EQ(at(body, {"lost_in"}), "3");
  EXPECT_EQ(at(body, {"lost_out"}), "-1") << "one came twice";
  EXPECT_EQ(at(body, {"round_trip_ms"}), "12.5");
  EXPECT_EQ(at(body, {"jitter_in_ms"}), "1.25");
  EXPECT_EQ(at(body, {"jitter_out_ms"}), "2.5");
}

TEST_F(HttpParticipants, AreAddedUpForTheirRoom) {
  connect("ann");
  connect("bob");
  json("POST", participants_, R"({"id":"invited"})");
  const Answer answer = get("/v1/rooms/blue/stats");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(at(answer.body, {"participants"}), "3");
  EXPECT_EQ(at(answer.body, {"connected"}), "2");
  EXPECT_EQ(at(answer.body, {"tracks"}), "2");
  EXPECT_EQ(at(answer.body, {"speaking"}), "[]");
  EXPECT_EQ(at(answer.body, {"packets_received"}), "14");
  EXPECT_EQ(at(answer.body, {"lost_in"}), "6");
  EXPECT_EQ(at(answer.body, {"round_trip_ms"}), "12.5") << "the largest";
  EXPECT_EQ(get("/v1/rooms/none/stats").status, 404);
  const std::string own = get(participants_ + "/ann/stats").body;
  EXPECT_NE(at(own, {"slots"}).find(R"({"mid":"1","participant":"","bytes_sent":0,)"),
            std::string::npos);
  EXPECT_EQ(at(own, {"join_phases_ms", "first_audio"}).substr(0, 1), "0");
}

TEST_F(HttpParticipants, ArePatchedAndRemoved) {
  connect("ann");
  const Answer patched = json(
      "PATCH", participants_ + "/ann",
      R"({"muted":true,"pinned":["bob"],"permissions":{"publish":["audio"]},"slots":{"audio":2}})");
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(at(patched.body, {"muted"}), "true");
  EXPECT_EQ(at(patched.body, {"pinned"}), R"(["bob"])");
  EXPECT_EQ(at(patched.body, {"permissions"}), R"({"publish":["audio"],"subscribe":true})");
  EXPECT_TRUE(engine.rooms.back()->muted.begin()->second);
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"source_number":1})").status, 400);
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"slots":{"audio":1000}})").status, 400)
      << "the room's limit";

  const std::string tag = "If-Match: " + patched.header("etag") + "\r\n";
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"muted":false})", tag).status, 200);
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"muted":true})", tag).status, 412);

  EXPECT_EQ(call({.method = "DELETE", .path = participants_ + "/ann?reason=rude"}).status, 204);
  EXPECT_EQ(get(participants_ + "/ann").status, 404);
  EXPECT_EQ(get(participants_ + "/ann/stats").status, 404);
  EXPECT_EQ(newest_session().closed, 1);
}

TEST_F(HttpParticipants, AreRefusedWhenTheRoomIsFull) {
  json("PUT", "/v1/rooms/blue", R"({"max_participants":1})");
  EXPECT_EQ(json("POST", participants_, R"({"id":"ann"})").status, 201);
  const Answer full = json("POST", participants_, R"({"id":"bob"})");
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(full.header("retry-after"), "");
}

}  // namespace
}  // namespace veche::http
