// SPDX-License-Identifier: Apache-2.0
// Tests of GET /v1/events as pages: order, filters, resets, waiting, and refusals.
#include <gtest/gtest.h>

#include "event_log_fixture.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

class EventPages : public EventLogTest {
 protected:
  Answer page(const std::string& query, const std::string& headers = "") {
    return get("/v1/events" + query, headers);
  }
  /// A request that is not answered yet.
  std::unique_ptr<RawClient> wait_with(const std::string& query,
                                       const std::string& key = "dev.devsecret") {
    auto client = std::make_unique<RawClient>(loop, url());
    client->send(text_of({.path = "/v1/events" + query, .key = key}));
    EXPECT_EQ(get("/healthz").status, 200);
    run();
    client->receive();
    EXPECT_EQ(client->received, "");
    return client;
  }
  static std::vector<std::string> types_in(const Answer& answer) {
    std::vector<std::string> types;
    const auto root = glib::parse_json(answer.body);
    EXPECT_TRUE(root.ok()) << answer.body;
    JsonArray* array = json_node_get_array(glib::member(root->get(), "events"));
    for (guint i = 0; i < json_array_get_length(array); ++i) {
      types.emplace_back(
          json_node_get_string(glib::member(json_array_get_element(array, i), "type")));
    }
    return types;
  }
};

using Types = std::vector<std::string>;

TEST_F(EventPages, ComeInOrderAndGoOnWhereTheLastOneEnded) {
  for (const char* type : {"a.a", "b.b", "c.c", "d.d", "e.e"}) append(type);
  const Answer first = page("?limit=2");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.header("content-type"), "application/json");
  EXPECT_EQ(types_in(first), (Types{"a.a", "b.b"}));
  EXPECT_EQ(at(first.body, {"next_after"}), "2");
  EXPECT_EQ(at(first.body, {"oldest"}), "1");
  EXPECT_EQ(at(first.body, {"newest"}), "5");
  EXPECT_EQ(at(first.body, {"reset"}), "false");
  EXPECT_EQ(first.body.rfind(R"({"events":[{"id":1,"room":"blue","incarnation":"i","seq":1,)", 0),
            0u)
      << first.body;
  EXPECT_EQ(types_in(page("?after=2&limit=2")), (Types{"c.c", "d.d"}));
  EXPECT_EQ(types_in(page("?after=4")), Types{"e.e"});
  const Answer end = page("?after=5");
  EXPECT_EQ(types_in(end), Types{});
  EXPECT_EQ(at(end.body, {"next_after"}), "5");
}

TEST_F(EventPages, OfAnEmptyLogAreEmpty) {
  EXPECT_EQ(page("").body, R"({"events":[],"next_after":0,"oldest":1,"newest":0,"reset":false})");
}

TEST_F(EventPages, HaveWhatTheFilterTakes) {
  append("participant.joined", "blue", "ann");
  append("participant.joined", "red", "ann");
  append("track.published", "blue", "ann");
  append("participant.left", "blue", "bob");
  append("server.draining", "");
  EXPECT_EQ(types_in(page("?room=red")), Types{"participant.joined"});
  EXPECT_EQ(types_in(page("?room=blue&participant=ann")),
            (Types{"participant.joined", "track.published"}));
  EXPECT_EQ(types_in(page("?types=participant.left,track.*")),
            (Types{"track.published", "participant.left"}));
  EXPECT_EQ(types_in(page("?types=server.*")), Types{"server.draining"});
  const Answer none = page("?room=green");
  EXPECT_EQ(types_in(none), Types{});
  EXPECT_EQ(at(none.body, {"next_after"}), "5") << "what was left out is not looked at again";
}

TEST_F(EventPages, SayWhenTheLogHasNeverHadTheId) {
  append_many(3);
  const Answer page = this->page("?after=99&limit=1");
  EXPECT_EQ(at(page.body, {"reset"}), "true");
  EXPECT_EQ(at(page.body, {"next_after"}), "1") << "it begins with the oldest";
  EXPECT_EQ(at(this->page("?after=3").body, {"reset"}), "false");
  EXPECT_EQ(at(this->page("").body, {"reset"}), "false");
}

TEST_F(EventPages, RefuseBadValuesAndSayWhatIsAllowed) {
  const struct {
    const char* query;
    const char* detail;
  } cases[] = {
      {"?after=-1", "after has to be the id of an event, or 0"},
      {"?after=x", "after has to be"},
      {"?after=9223372036854775808", "after has to be"},
      {"?limit=0", "limit has to be a whole number from 1 to 1000."},
      {"?limit=1001", "limit has to be"},
      {"?limit=ten", "limit has to be"},
      {"?wait_s=31", "wait_s has to be a whole number from 0 to 30."},
      {"?wait_s=0.5", "wait_s has to be"},
      {"?room=..", "room has to be 1 to 64 characters"},
      {"?participant=a%2Fb", "participant has to be 1 to 64 characters"},
      {"?types=a%20b", "a b"},
      {"?types=a.*.b", "a.*.b"},
  };
  for (const auto& [query, detail] : cases) {
    const Answer refused = page(query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_NE(refused.body.find(detail), std::string::npos) << query << " " << refused.body;
    EXPECT_EQ(page(query, kAcceptStream).status, 400) << query;
  }
  EXPECT_EQ(page("?limit=1000&wait_s=0&room=&types=").status, 200);
}

TEST_F(EventPages, AreForKeysThatReadRooms) {
  const auto status = [&](const std::string& key, const std::string& query = "") {
    return call({.path = "/v1/events" + query, .key = key}).status;
  };
  EXPECT_EQ(status("dev.devsecret"), 200);
  EXPECT_EQ(status("back.backsecret"), 200);
  EXPECT_EQ(status("eye.eyesecret"), 200);
  EXPECT_EQ(status("graph.graphsecret"), 403);
  EXPECT_EQ(status(token_of({.room = "blue", .participant = "ann"})), 403);
  EXPECT_EQ(status("dev.wrong"), 401);
  EXPECT_EQ(status("", "?access_token=dev.devsecret"), 401) << "no API key in a URL";
}

TEST_F(EventPages, WaitForAnEventThatTheFilterTakes) {
  append("a.a");
  const auto waiting = wait_with("?after=1&wait_s=30&room=red");
  append("b.b", "blue");
  EXPECT_EQ(get("/healthz").status, 200);
  waiting->receive();
  EXPECT_EQ(waiting->received, "");
  append("c.c", "red");
  waiting->receive_all();
  const Answer answer = parse_answer(waiting->received);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(types_in(answer), Types{"c.c"});
  EXPECT_EQ(at(answer.body, {"next_after"}), "3");
}

TEST_F(EventPages, DoNotWaitWhenThereIsSomething) {
  append("a.a");
  append("b.b");
  EXPECT_EQ(types_in(page("?after=1&wait_s=30")), Types{"b.b"});
  EXPECT_EQ(types_in(page("?wait_s=30")), (Types{"a.a", "b.b"}));
  EXPECT_EQ(at(page("?after=99&wait_s=30").body, {"reset"}), "true");
}

TEST_F(EventPages, AreAnsweredWhenTheirKeyIsRemoved) {
  Settings settings = this->settings();
  const auto gone = wait_with("?wait_s=30", "back.backsecret"), stays = wait_with("?wait_s=30");
  settings.keys.erase(settings.keys.begin() + 1);
  ASSERT_TRUE(server->use(settings));
  gone->receive_all();
  EXPECT_EQ(parse_answer(gone->received).status, 401);
  stays->receive();
  EXPECT_EQ(stays->received, "");
}

TEST_F(EventPages, AreGivenUpWhenTheirClientLeaves) {
  const size_t before = descriptors();
  auto waiting = wait_with("?wait_s=30");
  waiting->close();
  EXPECT_TRUE(run_until([&] { return descriptors() == before; }));
  append("a.a");
}

TEST_F(EventPages, AreAnsweredWithoutEventsWhenTheServerStops) {
  append("a.a");
  const auto waiting = wait_with("?after=1&wait_s=30");
  server->finish_events();
  waiting->receive_all();
  EXPECT_EQ(parse_answer(waiting->received).body,
            R"({"events":[],"next_after":1,"oldest":1,"newest":1,"reset":false})");
  EXPECT_TRUE(run_until([&] { return server->has_finished_events(); }));
}

TEST_F(EventPages, DoNotKeepAHeadRequestWaiting) {
  const Answer head = call({.method = "HEAD", .path = "/v1/events?wait_s=30"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-type"), "application/json");
}

}  // namespace
}  // namespace veche::http
