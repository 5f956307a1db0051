// SPDX-License-Identifier: Apache-2.0
// Tests of the server's capacity over HTTP: shown, enforced, and reserved from connections.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class HttpCapacity : public HttpTest {
 protected:
  HttpCapacity() {
    engine.lane_statistics.resize(2);
    rooms->use_system([this] {
      room::SystemReading reading;
      reading.descriptors = room::ResourceUse{512, used_descriptors};
      return reading;
    });
  }
  void use(int64_t descriptors) {
    used_descriptors = descriptors;
    now_ns += 100 * kNsPerMs;
    rooms->tick(now_ns);
  }
  static bool says(const Answer& answer, const std::string& text) {
    return answer.body.find(text) != std::string::npos;
  }

  int64_t used_descriptors = 12;
  int64_t now_ns = monotonic_ns();
};

TEST_F(HttpCapacity, IsShownToWhoeverMayRead) {
  const Answer answer = call({.path = "/v1/capacity", .key = "eye.eyesecret"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"head_room_participants":433,"bound_by":"descriptors","media_path":"wire",)"
            R"("resources":[{"name":"descriptors","limit":512,"used":12,"promised":0,)"
            R"("reserve":64,"joining":4,"per_participant":1,"head_room_participants":433},)"
            R"({"name":"media_ports","limit":1000,"used":2,"promised":0,"reserve":0,)"
            R"("joining":0,"per_participant":0,"head_room_participants":null},)"
            R"({"name":"lane_load_percent","limit":80,"used":0,"promised":0,"reserve":0,)"
            R"("joining":0,"per_participant":0,"head_room_participants":711},)"
            R"({"name":"participants","limit":200000,"used":0,"promised":0,"reserve":0,)"
            R"("joining":1,"per_participant":1,"head_room_participants":200000}]})");
  EXPECT_EQ(call({.path = "/v1/capacity", .key = "graph.graphsecret"}).status, 403);
}

TEST_F(HttpCapacity, IsRefusedBeyondAndReadinessGoesWithIt) {
  EXPECT_EQ(get("/readyz").status, 200);
  connect("ann");
  use(500);
  const Answer refusals[] = {get("/readyz"), json("POST", "/v1/rooms/blue/participants", "{}"),
                             json("POST", "/v1/rooms/new/participants", "{}"),
                             call({.method = "POST",
                                   .path = "/v1/rooms/blue/participants/bob/session",
                                   .body = "TSS",
                                   .content_type = "application/sdp"})};
  for (const Answer& refused : refusals) {
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.header("retry-after"), "5");
    EXPECT_TRUE(says(refused, R"("type":"/problems/over-capacity")")) << refused.body;
  }
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_TRUE(says(get("/v1/capacity"), R"({"head_room_participants":0,)"));
  connect("ann");
  use(12);
  EXPECT_EQ(get("/readyz").status, 200);
  connect("bob");
}

TEST_F(HttpCapacity, TakesTheLastParticipantAndLeavesNoTraceOfTheNext) {
  constexpr int64_t kRoomForOne = 512 - 64 - 4;
  use(kRoomForOne);
  connect("ann");
  use(kRoomForOne + 3);
  const Answer refused = call({.method = "POST",
                               .path = "/v1/rooms/blue/participants/bob/session",
                               .body = "TSS",
                               .content_type = "application/sdp"});
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(get("/v1/rooms/blue/participants/bob").status, 404);
  EXPECT_EQ(get("/v1/rooms/blue/participants/ann").status, 200);
}

/// During its lifetime this many descriptors can be opened.
class FewDescriptors {
 public:
  explicit FewDescriptors(int count) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int first_free = ::dup(0);
    ::close(first_free);
    const rlimit limit{static_cast<rlim_t>(first_free + count), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(HttpCapacity, OfSessionsIsNotTakenByConnections) {
  RawClient client(loop, url());
  client.send(text_of({.path = "/healthz"}));
  const FewDescriptors few(30);
  engine.in_making.pipeline = 4;
  use(12);
  const size_t before = descriptors();
  run();
  EXPECT_EQ(descriptors(), before) << "it waits in the backlog";
  engine.in_making.pipeline = 0;
  use(12);
  client.receive_all();
  EXPECT_EQ(parse_answer(client.received).status, 200);
}

}  // namespace
}  // namespace veche::http
