// SPDX-License-Identifier: Apache-2.0
// Tests of the client WebSocket: messages to clients, their commands, and misbehaving clients.
#include <gtest/gtest.h>

#include "events_fixture.hpp"
#include "glib/json_node.hpp"
#include "http/api/client_messages.hpp"

namespace veche::http {
namespace {

TEST_F(HttpEvents, BeginWithASnapshotAndGoOnWithChanges) {
  connect("ann");
  const auto ann = listen("ann");
  EXPECT_EQ(ann->handshake.header("sec-websocket-protocol"), "veche.v1");
  EXPECT_EQ(ann->handshake.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(ann->handshake.header("connection"), "Upgrade");
  const std::string snapshot = ann->next();
  EXPECT_EQ(
      snapshot.rfind(
          R"({"type":"snapshot","data":{"self":{"participant":"ann","name":"ann","metadata":{},)",
          0),
      0u)
      << snapshot;
  EXPECT_NE(snapshot.find(R"("slots":[{"mid":"1","kind":"audio","participant":"","track":0})"),
            std::string::npos);
  EXPECT_NE(snapshot.find(R"("speaking":[],"dominant":"","pinned":[],"blocked":[])"),
            std::string::npos);

  connect("bob");
  tick();
  const std::string roster = ann->next();
  EXPECT_EQ(roster.rfind(R"({"type":"roster","data":{"joined":[{"participant":"bob")", 0), 0u)
      << roster;
  call({.method = "DELETE", .path = "/v1/rooms/blue/participants/bob"});
  tick();
  tick();  // Rosters are sent at every other tick.
  EXPECT_EQ(ann->next(), R"({"type":"roster","data":{"joined":[],"changed":[],"left":["bob"],)"
                         R"("hidden":[],"participants":1}})");
}

TEST_F(HttpEvents, SayWhatPluginsAnnounce) {
  connect("ann");
  const auto early = listen("ann");
  early->next();
  rooms->find_room("blue")->announce("recording", R"({"active":true})");
  const auto late = listen("ann");
  EXPECT_NE(late->next().find(R"(,"recording":{"active":true}}})"), std::string::npos);
  tick();
  EXPECT_EQ(early->next(), R"({"type":"notice","data":{"recording":{"active":true}}})");
  rooms->find_room("blue")->announce("recording", std::nullopt);
  tick();
  EXPECT_EQ(early->next(), R"({"type":"notice","data":{"recording":null}})");
  EXPECT_EQ(late->next(), R"({"type":"notice","data":{"recording":null}})");
}

/// Takes what has no "bad" in it.
class EchoPlugin : public room::ClientMessages {
 public:
  std::string name() const override { return "stage"; }
  Status take_message(const room::Room&, const room::Participant& sender,
                      const std::string& json) override {
    taken = sender.id() + " " + json;
    if (json.find("bad") == std::string::npos) return Ok{};
    Error error = invalid("it is bad");
    error.fields = {{"/bad", "is bad"}};
    return error;
  }
  std::string taken;
};

TEST_F(HttpEvents, CarryMessagesToPluginsAndBack) {
  EchoPlugin plugin;
  rooms->plugin_hooks().add(plugin);
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  ann->send(R"({"id":1,"type":"plugin","data":{"name":"stage","data":{"hand":true}}})");
  EXPECT_EQ(ann->next(), R"({"type":"ok","id":1})");
  EXPECT_EQ(plugin.taken, R"(ann {"hand":true})");
  EXPECT_EQ(rooms->find_room("blue")->send_message("ann", "stage", R"({"turn":2})"), 1u);
  EXPECT_EQ(ann->next(), R"({"type":"plugin","data":{"name":"stage","data":{"turn":2}}})");
  ann->send(R"({"id":2,"type":"plugin","data":{"name":"stage","data":{"bad":1}}})");
  const std::string refused = ann->next();
  EXPECT_NE(refused.find(R"("status":400)"), std::string::npos) << refused;
  EXPECT_NE(refused.find(R"("pointer":"/data/data/bad")"), std::string::npos) << refused;
  ann->send(R"({"id":3,"type":"plugin","data":{"name":"nobody","data":{}}})");
  EXPECT_NE(ann->next().find(R"("status":404)"), std::string::npos);
  for (const char* wrong : {R"({"name":"stage"})", R"({"name":"stage","data":[]})",
                            R"({"name":3,"data":{}})", R"({"name":"stage","data":{},"x":1})"}) {
    ann->send(std::string(R"({"id":4,"type":"plugin","data":)") + wrong + "}");
    EXPECT_NE(ann->next().find(R"("pointer":"/data)"), std::string::npos) << wrong;
  }
  rooms->plugin_hooks().remove(plugin);
}

TEST_F(HttpEvents, CarryTheBackendsAnnouncements) {
  connect("ann");
  connect("bob");
  const auto ann = listen("ann");
  const auto bob = listen("bob");
  EXPECT_EQ(ann->handshake.header("veche-instance"), rooms->instance());
  ann->next();
  bob->next();
  const std::string announce = "/v1/rooms/blue/announce";
  const Answer one =
      json("POST", announce, R"({"message":{"text":"Ann?"},"participants":["ann"]})");
  EXPECT_EQ(one.body, R"({"clients":1,"absent":[]})");
  const Answer all = json("POST", announce, R"({"message":{"text":"All?"}})");
  EXPECT_EQ(all.body, R"({"clients":2,"absent":[]})");
  EXPECT_EQ(ann->next(), R"({"type":"announcement","data":{"text":"Ann?"}})");
  EXPECT_EQ(ann->next(), R"({"type":"announcement","data":{"text":"All?"}})");
  EXPECT_EQ(bob->next(), R"({"type":"announcement","data":{"text":"All?"}})");
}

TEST_F(HttpEvents, NoPluginTakesTheNameOfAKeyOfTheSnapshot) {
  const auto data = glib::parse_json(snapshot_data({.self = {.metadata = "{}"}}));
  ASSERT_TRUE(data.ok());
  const std::vector<std::string> keys = glib::names_of(data->get());
  EXPECT_EQ(keys.size(), 8u);
  for (const std::string& key : keys) EXPECT_TRUE(room::is_snapshot_key(key)) << key;
}

TEST_F(HttpEvents, TakeTwentyCommandsAtOnceAndCloseAClientThatGoesOn) {
  Settings settings;
  settings.clock = [] { return int64_t{1}; };
  start(settings);
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  const auto mute = [&](int id, bool muted) {
    ann->send(R"({"id":)" + std::to_string(id) + R"(,"type":"mute","data":{"muted":)" +
              (muted ? "true" : "false") + "}}");
  };
  for (int i = 0; i < 20; ++i) mute(i, i % 2 == 0);
  for (int i = 0; i < 20; ++i) {
    const std::string answer = ann->next();
    EXPECT_EQ(answer.rfind(R"({"type":"ok","id":)" + std::to_string(i) + ",", 0), 0u) << answer;
  }
  mute(20, true);
  const std::string refused = ann->next();
  EXPECT_EQ(refused.rfind(R"({"type":"problem","id":20,"data":{"type":"/problems/too-many)", 0), 0u)
      << refused;
  EXPECT_FALSE(rooms->find_room("blue")->find("ann")->muted());
  for (int i = 0; i < 250; ++i) mute(i, true);
  std::string last;
  for (std::string next = ann->next(); !next.empty(); next = ann->next()) last = next;
  EXPECT_EQ(last, "close 1008");
}

TEST_F(HttpEvents, TakeCommandsAndAnswerEach) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  ann->send(R"({"id":1,"type":"mute","data":{"muted":true}})");
  EXPECT_EQ(
      ann->next(),
      R"({"type":"ok","id":1,"data":{"muted":true,"muted_by_backend":false,"muted_by_self":true,)"
      R"("permissions":{"publish":["audio","video"],"subscribe":true}}})");
  EXPECT_TRUE(rooms->find_room("blue")->find("ann")->muted_by_self());
  ann->send(R"({"id":2,"type":"pin","data":{"participants":["bob"]}})");
  EXPECT_EQ(ann->next(), R"({"type":"ok","id":2})");
  ann->send(R"({"id":3,"type":"block","data":{"participants":["../x"]}})");
  EXPECT_EQ(ann->next().rfind(
                R"({"type":"problem","id":3,"data":{"type":"/problems/invalid-request")", 0),
            0u);
  ann->send("nonsense");
  EXPECT_EQ(ann->next().rfind(R"({"type":"problem","id":0,)", 0), 0u);
}

TEST_F(HttpEvents, SayWhyTheMicrophoneStaysOff) {
  connect("ann");
  const std::string ann_path = "/v1/rooms/blue/participants/ann";
  EXPECT_EQ(json("PATCH", ann_path, R"({"muted":true,"permissions":{"publish":[]}})").status, 200);
  const auto ann = listen("ann");
  const std::string why = R"("muted":true,"muted_by_backend":true,"muted_by_self":false,)"
                          R"("permissions":{"publish":[],"subscribe":true}})";
  EXPECT_NE(ann->next().find(why), std::string::npos) << "the snapshot's self";
  ann->send(R"({"id":1,"type":"mute","data":{"muted":false}})");
  EXPECT_EQ(ann->next(), R"({"type":"ok","id":1,"data":{)" + why + "}");
  EXPECT_TRUE(rooms->find_room("blue")->find("ann")->muted()) << "as the backend wants it";
  EXPECT_TRUE(engine.rooms.back()->muted.begin()->second);

  EXPECT_EQ(
      json("PATCH", ann_path, R"({"muted":false,"permissions":{"publish":["audio"]}})").status,
      200);
  tick();
  tick();
  EXPECT_NE(ann->next().find(R"("muted":false,"muted_by_backend":false,"muted_by_self":false,)"
                             R"("permissions":{"publish":["audio"],"subscribe":true})"),
            std::string::npos)
      << "the delta";
}

TEST_F(HttpEvents, AnswerPingsAndCloseFrames) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  ann->client.send(masked_frame(Opcode::Ping, "hello"));
  EXPECT_EQ(ann->next(), "hello");
  ann->client.send(masked_frame(Opcode::Close, std::string("\x03\xe8", 2)));
  EXPECT_EQ(ann->next(), "close 1000");
  EXPECT_EQ(ann->next(), "");
  EXPECT_TRUE(ann->client.is_at_end());
}

TEST_F(HttpEvents, SayWhyTheyEnd) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  call({.method = "DELETE", .path = "/v1/rooms/blue/participants/ann"});
  EXPECT_EQ(ann->next(), R"({"type":"closing","data":{"reason":"removed"}})");
  EXPECT_EQ(ann->next(), "close 1000");
  ann->client.send(masked_frame(Opcode::Close, std::string("\x03\xe8", 2)));
  EXPECT_EQ(ann->next(), "");
  EXPECT_TRUE(ann->client.is_at_end());
}

TEST_F(HttpEvents, SayWhyTheBackendRemovedSomebody) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  std::string event;
  rooms->add_event_handler([&](const room::Event& happened) {
    if (happened.type == "participant.left") event = happened.data;
  });
  const std::string path = "/v1/rooms/blue/participants/ann?reason=";
  EXPECT_EQ(call({.method = "DELETE", .path = path + std::string(257, 'x')}).status, 400);
  EXPECT_EQ(call({.method = "DELETE", .path = path + "%ff"}).status, 400);
  EXPECT_EQ(call({.method = "DELETE", .path = path + "be%20polite"}).status, 204);
  EXPECT_EQ(ann->next(), R"({"type":"closing","data":{"reason":"removed","detail":"be polite"}})");
  run();
  EXPECT_EQ(event, R"({"reason":"removed","detail":"be polite","duration_s":0})");
}

TEST_F(HttpEvents, NeedAWebSocketOfTheRightProtocolAndACredential) {
  connect("ann");
  const std::string path = "/v1/rooms/blue/participants/ann/events";
  EXPECT_EQ(get(path).status, 426);
  EXPECT_EQ(get(path, kHandshake).status, 426);
  EXPECT_EQ(get(path, std::string(kHandshake) + "Sec-WebSocket-Protocol: chat\r\n").status, 426);
  Call call = events_of("ann");
  call.key = "";
  EXPECT_EQ(this->call(call).status, 401);
  call.path += "?access_token=dev.wrong";
  EXPECT_EQ(this->call(call).status, 401);
  EXPECT_EQ(this->call(events_of("nobody")).status, 404);

  call.path = path + "?access_token=back.backsecret";
  const Answer refused = this->call(call);
  EXPECT_EQ(refused.status, 401) << "no API key in a URL";
  EXPECT_NE(refused.body.find("no API key"), std::string::npos);

  call.path = path + "?access_token=" + token_of({.room = "blue", .participant = "ann"});
  Listener ann(loop, url(), call);
  EXPECT_EQ(ann.handshake.status, 101);
}

TEST_F(HttpEvents, EndAtTheExpiryOfTheirTokenWhileTheSessionGoesOn) {
  connect("ann");
  const auto with = [&](int64_t left_ms) {
    const int64_t now_ms = unix_ms();
    Call call = events_of("ann");
    call.key = token_of({.room = "blue",
                         .participant = "ann",
                         .issued_ms = now_ms - 1000,
                         .expires_ms = now_ms + left_ms});
    return std::make_unique<Listener>(loop, url(), call);
  };
  const auto late = with(60'000), early = with(700), in_leeway = with(-59'300);
  for (Listener* listener : {late.get(), early.get(), in_leeway.get()}) {
    EXPECT_EQ(listener->handshake.status, 101);
    listener->next();
  }
  EXPECT_EQ(early->next(), R"({"type":"closing","data":{"reason":"token_expired"}})");
  EXPECT_EQ(early->next(), "close 3000");
  EXPECT_EQ(in_leeway->next(), R"({"type":"closing","data":{"reason":"token_expired"}})");
  late->client.receive();
  EXPECT_EQ(late->client.received, "");
  const room::Participant* ann = rooms->find_room("blue")->find("ann");
  EXPECT_EQ(ann->session_state(), room::SessionState::Connected);
}

TEST_F(HttpEvents, EndWhenTheirKeyIsRemoved) {
  connect("ann");
  Settings settings = this->settings();
  settings.signing_keys.push_back({"two", "the secret of the other signing key"});
  ASSERT_TRUE(server->use(settings));
  const auto with = [&](const std::string& credential) {
    Call call = events_of("ann");
    call.key = credential;
    auto listener = std::make_unique<Listener>(loop, url(), call);
    EXPECT_EQ(listener->handshake.status, 101) << credential;
    listener->next();
    return listener;
  };
  const auto by_key = with("dev.devsecret"), by_removed_key = with("back.backsecret"),
             by_token = with(token_of({.room = "blue", .participant = "ann"}));
  settings.keys.erase(settings.keys.begin() + 1);
  ASSERT_TRUE(server->use(settings));
  EXPECT_EQ(by_removed_key->next(), R"({"type":"closing","data":{"reason":"key_removed"}})");
  EXPECT_EQ(by_removed_key->next(), "close 3000");
  settings.signing_keys.erase(settings.signing_keys.begin());
  ASSERT_TRUE(server->use(settings));
  EXPECT_EQ(by_token->next(), R"({"type":"closing","data":{"reason":"key_removed"}})");
  EXPECT_EQ(by_token->next(), "close 3000");
  by_key->client.receive();
  EXPECT_EQ(by_key->client.received, "");
  EXPECT_EQ(offer_with(token_of({.room = "blue", .participant = "ann"})).status, 401);
}

TEST_F(HttpEvents, CloseOnMessagesThatBreakTheRules) {
  connect("ann");
  const auto large = listen("ann");
  large->next();
  large->client.send(masked_frame(Opcode::Text, std::string(16 * 1024 + 1, 'x')));
  EXPECT_EQ(large->next(), "close 1009");
  const auto binary = listen("ann");
  binary->next();
  binary->client.send(masked_frame(Opcode::Binary, "x"));
  EXPECT_EQ(binary->next(), "close 1003");
  const auto unmasked = listen("ann");
  unmasked->next();
  unmasked->client.send(encode_frame(Opcode::Text, "{}"));
  EXPECT_EQ(unmasked->next(), "close 1002");
}

TEST_F(HttpEvents, CutAClientThatDoesNotRead) {
  connect("ann");
  connect("bob");
  Listener ann(loop, url(), events_of("ann"), 4096);
  const auto bob = listen("bob");
  const std::string metadata(15'000, 'x');
  int patches = 0;
  // The server has hung up when a reset answers what it sends.
  const auto is_cut = [&] { return !ann.client.send(masked_frame(Opcode::Pong, "")); };
  while (patches < 200 && !is_cut()) {
    json("PATCH", "/v1/rooms/blue/participants/bob",
         R"({"metadata":{"a":")" + metadata + std::to_string(patches++) + "\"}}");
    tick();
    bob->client.receive();
  }
  EXPECT_GT(patches, 16) << "256 KiB may wait";
  EXPECT_LT(patches, 150) << "and the kernel's buffers";
  EXPECT_FALSE(bob->client.is_at_end()) << "others are not disturbed";
}

TEST_F(HttpEvents, CutAClientThatDoesNotAnswerPings) {
  Settings settings;
  settings.deadlines.ping_ms = 500;
  start(settings);
  connect("ann");
  const auto lively = listen("ann"), dead = listen("ann");
  lively->next();
  dead->next();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(lively->next(), "") << "a ping is empty";
    EXPECT_FALSE(lively->client.is_at_end());
    lively->client.send(masked_frame(Opcode::Pong, ""));
  }
  dead->client.receive_all();
  EXPECT_TRUE(dead->client.is_at_end());
  EXPECT_FALSE(lively->client.is_at_end());
}

TEST_F(HttpEvents, EndWithTheServer) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  server = nullptr;
  EXPECT_EQ(ann->next(), R"({"type":"closing","data":{"reason":"server_stopping"}})");
  EXPECT_EQ(ann->next(), "close 1000");
  EXPECT_EQ(ann->next(), "");
  EXPECT_TRUE(ann->client.is_at_end());
}

TEST_F(HttpEvents, OutliveEverythingInAnyOrder) {
  connect("ann");
  auto ann = listen("ann");
  ann = nullptr;
  call({.method = "DELETE", .path = "/v1/rooms/blue"});
  run();
  connect("ann");
  ann = listen("ann");
  rooms->stop();
  run();
  ann->client.close(true);
  run();
}

}  // namespace
}  // namespace veche::http
