// SPDX-License-Identifier: Apache-2.0
// Many that join in the same moment, over real connections.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class HttpJoins : public HttpTest {
 protected:
  /// Sends all calls before the server has read one; returns how many got each status.
  std::map<int, int> call_at_once(const std::vector<Call>& calls) {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (const Call& each : calls) {
      clients.push_back(std::make_unique<RawClient>(loop, url()));
      EXPECT_GT(clients.back()->send_some(text_of(each)), 0);
    }
    std::map<int, int> statuses;
    for (const auto& client : clients) {
      client->receive_until([&] {
        answer_all();
        return false;
      });
      ++statuses[parse_answer(client->received).status];
    }
    return statuses;
  }
  void answer_all() {
    if (engine.rooms.empty()) return;
    for (; answered_ < engine.rooms[0]->sessions.size(); ++answered_) {
      engine.rooms[0]->sessions[answered_]->answer();
    }
  }
  size_t answered_ = 0;
};

TEST_F(HttpJoins, FiftyOffersAtOnceAtTenPlacesAdmitTen) {
  json("PUT", "/v1/rooms/blue", R"({"max_participants":10})");
  std::vector<Call> offers;
  for (int i = 0; i < 50; ++i) {
    offers.push_back({.method = "POST",
                      .path = "/v1/rooms/blue/participants/p" + std::to_string(i) + "/session",
                      .body = "TSS",
                      .content_type = "application/sdp"});
  }
  EXPECT_EQ(call_at_once(offers), (std::map<int, int>{{201, 10}, {503, 40}}));
  EXPECT_EQ(rooms->find_room("blue")->participants().size(), 10u);
  EXPECT_EQ(engine.rooms[0]->sessions.size(), 10u);
}

TEST_F(HttpJoins, FiftyInvitationsAtOnceAtTenPlacesInviteTen) {
  json("PUT", "/v1/rooms/blue", R"({"max_participants":10})");
  const Call invitation{.method = "POST",
                        .path = "/v1/rooms/blue/participants",
                        .body = "{}",
                        .content_type = "application/json"};
  EXPECT_EQ(call_at_once(std::vector<Call>(50, invitation)),
            (std::map<int, int>{{201, 10}, {503, 40}}));
  EXPECT_EQ(rooms->find_room("blue")->participants().size(), 10u);
}

}  // namespace
}  // namespace veche::http
