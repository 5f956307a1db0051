// SPDX-License-Identifier: Apache-2.0
// Client WebSockets that are cut and resumed, and those of large rooms.
#include <gmock/gmock.h>

#include "events_fixture.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpResume : public HttpEvents {
 protected:
  /// The same stream on another connection, by a client that has received everything up to `seq`.
  std::unique_ptr<Listener> resume(const Listener& former, uint64_t seq) {
    auto next = listen("ann", "?resume=" + former.stream + ":" + std::to_string(seq));
    next->seq = seq;
    return next;
  }
  void leave(const std::string& participant) {
    const std::string path = "/v1/rooms/blue/participants/" + participant;
    EXPECT_EQ(call({.method = "DELETE", .path = path}).status, 204);
  }
};

TEST_F(HttpResume, GoesOnAfterItsConnectionWasCut) {
  connect("ann");
  connect("bob");
  auto ann = listen("ann");
  ann->next();
  ann->send(R"({"id":1,"type":"pin","data":{"participants":["carol"]}})");
  EXPECT_EQ(ann->next(), R"({"type":"ok","id":1})") << "answers are numbered, too";
  ann->client.close(true);
  run();
  leave("bob");
  connect("carol");
  for (int i = 0; i < 10; ++i) tick();

  const auto again = resume(*ann, 2);
  const std::string resumed = again->next();
  EXPECT_THAT(resumed, StartsWith(R"({"type":"resumed","data":{"self":{"participant":"ann",)"));
  EXPECT_THAT(resumed, HasSubstr(R"(,"pinned":["carol"],"blocked":[]}})"));
  EXPECT_EQ(again->stream, ann->stream);
  tick();
  const std::string roster = again->next();
  EXPECT_THAT(roster, StartsWith(R"({"type":"roster","data":{"joined":[{"participant":"carol")"));
  EXPECT_THAT(roster, HasSubstr(R"(],"changed":[],"left":["bob"],"hidden":[],"participants":2}})"));
  for (int i = 0; i < 10; ++i) tick();
  again->client.receive();
  EXPECT_EQ(again->client.received, "") << "and that is all";
}

TEST_F(HttpResume, RepeatsWhatWasLostWithTheConnection) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  connect("bob");
  tick();
  ann->client.close(true);  // The roster with Bob has been sent, and is not read.
  run();
  const auto again = resume(*ann, 1);
  again->next();
  tick();
  EXPECT_THAT(again->next(),
              StartsWith(R"({"type":"roster","data":{"joined":[{"participant":"bob")"));
}

TEST_F(HttpResume, TakesTheStreamOverWhileTheServerBelievesInTheOldConnection) {
  connect("ann");
  const auto ann = listen("ann");
  ann->next();
  const auto again = resume(*ann, 1);
  EXPECT_THAT(again->next(), StartsWith(R"({"type":"resumed",)"));
  EXPECT_EQ(ann->next(), "close 1000");
  again->send(R"({"id":1,"type":"mute","data":{"muted":true}})");
  EXPECT_THAT(again->next(), StartsWith(R"({"type":"ok","id":1,)"));
}

TEST_F(HttpResume, GoesOnWithANewToken) {
  connect("ann");
  const int64_t now_ms = unix_ms();
  Call call = events_of("ann");
  call.key = token_of({.room = "blue",
                       .participant = "ann",
                       .issued_ms = now_ms - 1000,
                       .expires_ms = now_ms + 500});
  Listener early(loop, url(), call);
  early.next();
  EXPECT_EQ(early.next(), R"({"type":"closing","data":{"reason":"token_expired"}})");
  EXPECT_THAT(resume(early, early.seq)->next(), StartsWith(R"({"type":"resumed",)"));
}

TEST_F(HttpResume, BeginsAgainWhereTheStreamIsUnknown) {
  connect("ann");
  const auto ann = listen("ann", "?resume=0123456789abcdef0123456789abcdef:7");
  EXPECT_THAT(ann->next(), StartsWith(R"({"type":"snapshot",)"));
  EXPECT_NE(ann->stream, "0123456789abcdef0123456789abcdef");
}

TEST_F(HttpResume, RefusesParametersThatAreNone) {
  connect("ann");
  for (const char* query : {"?window=x", "?window=-1", "?window=201", "?window=1.5", "?resume=x",
                            "?resume=x:", "?resume=x:y", "?resume=x:9007199254740993"}) {
    const Answer refused = call(events_of("ann", query));
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_THAT(refused.body, HasSubstr("has to be")) << query;
  }
}

TEST_F(HttpResume, ShowsTheWindowThatTheClientAsksFor) {
  for (const char* name : {"a", "b", "c", "ann"}) connect(name);
  const struct {
    const char* query;
    std::vector<const char*> seen;
  } cases[] = {{"", {"a", "b", "c", "ann"}},
               {"?window=200", {"a", "b", "c", "ann"}},
               {"?window=2", {"a", "b", "ann"}},
               {"?window=0", {"ann"}}};
  for (const auto& [query, seen] : cases) {
    const std::string snapshot = listen("ann", query)->next();
    EXPECT_EQ(at(snapshot, {"data", "participants"}), "4");
    const std::string roster = at(snapshot, {"data", "roster"});
    for (const char* name : seen) {
      EXPECT_THAT(roster, HasSubstr(R"("participant":")" + std::string(name) + '"')) << query;
    }
    const std::string word = R"("participant":)";
    size_t entries = 0;
    for (size_t from = 0; (from = roster.find(word, from)) != std::string::npos; ++from) ++entries;
    EXPECT_EQ(entries, seen.size()) << query;
  }
}

}  // namespace
}  // namespace veche::http
