// SPDX-License-Identifier: Apache-2.0
// Tests that the room layer notices, in a debug build, a call from another thread than control.
#include "base/thread_role.hpp"
#include "room_fixture.hpp"

namespace veche::room {
namespace {

class RoomDeathTest : public RoomTest {};

TEST_F(RoomDeathTest, EveryEntryIsControls) {
  Room& room = make_room();
  Participant& anna = join(room, "anna");
  RecordingSink sink;
  const std::function<void()> entries[] = {
      [&] { (void)server->create_room("s", {}); },
      [&] { (void)server->find_or_create_room("s"); },
      [&] { (void)server->find_room("r"); },
      [&] { (void)server->remove_room("r"); },
      [&] { (void)server->emit("r", "custom", "anna", "{}"); },
      [&] { (void)server->takes_participants(); },
      [&] { (void)server->capacity(); },
      [&] { server->drain(1, false); },
      [&] { (void)server->stop_draining(); },
      [&] { server->tick(now_ns); },
      [&] { (void)room.join("boris", {}); },
      [&] { (void)room.find("anna"); },
      [&] { (void)room.remove("anna", EndReason::Removed); },
      [&] { (void)room.update({}); },
      [&] { (void)room.watch("anna", sink); },
      [&] { room.announce("plugin", "{}"); },
      [&] { (void)anna.update({}); },
      [&] { anna.open_session("T", [](const Result<SessionAnswer>&) {}); },
      [&] { (void)anna.close_session("none", EndReason::Left); },
      [&] { (void)anna.keep_headers(1); },
      [&] { (void)anna.headers(); },
  };
  for (size_t i = 0; i < std::size(entries); ++i) {
    EXPECT_DEBUG_DEATH(
        {
          const ActAs worker(ThreadRole::Other);
          entries[i]();
        },
        "is_on_control")
        << "entry " << i;
  }
}

}  // namespace
}  // namespace veche::room
