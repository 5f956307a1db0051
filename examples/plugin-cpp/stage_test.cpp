// SPDX-License-Identifier: Apache-2.0
// The class without a server: on the mock host, in a room that the test fills.
#include "stage.hpp"

#include <cstdio>
#include <veche/testing/mock_host.hpp>
#include <veche/testing/mock_room.hpp>

namespace {

int failed = 0;
void expect(bool holds, const char* what) {
  if (!holds) std::printf("FAIL  %s\n", what);
  failed += holds ? 0 : 1;
}

void listeners_hear_those_with_the_tag_of_hosts() {
  const veche::testing::MockHost server;
  const Stage stage(server.host());
  veche::testing::MockRoom room;
  auto& host = room.add();
  auto& guest = room.add();
  host.tag = 1;
  host.level = guest.level = 20;
  room.select(stage);
  expect(room.hears(guest, host), "the guest hears the host");
  expect(!room.hears(host, guest), "the host does not hear the guest");
  expect(host.is_speaking && !guest.is_speaking, "the host speaks");
}

void hosts_have_the_tag_from_their_arrival_on() {
  veche::testing::MockHost server(R"({"hosts": ["ann"]})");
  Stage stage(server.host());
  server.join("blue", "ann");
  server.join("blue", "bob");
  stage.on_event({1, 0, "participant.joined", "blue", "ann", "{}"});
  expect(server.rooms["blue"]["ann"].tag == 1, "ann is a host");
  const char* const params[] = {"blue"};
  veche::Request request{1,  "PUT", "/rooms/blue/hosts", params, "", "key", R"({"hosts": ["bob"]})",
                         "", ""};
  expect(stage.put_hosts(request).body == R"({"hosts":["bob"]})", "the list is answered");
  expect(server.rooms["blue"]["ann"].tag == 0, "ann is a host no longer");
  expect(server.rooms["blue"]["bob"].tag == 1, "bob is one");
}

}  // namespace

int main() {
  listeners_hear_those_with_the_tag_of_hosts();
  hosts_have_the_tag_from_their_arrival_on();
  return failed == 0 ? 0 : 1;
}
