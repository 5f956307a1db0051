// SPDX-License-Identifier: Apache-2.0
// Asks the controllers about a room, and has its participants obey.
#include "room/controlled_room.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {

void Room::control(int64_t now_ns) {
  Controllers& controllers = server_.controllers();
  if (controllers.empty()) {
    for (const auto& [id, participant] : participants_) participant->release_control(now_ns);
    return;
  }
  ControlledRoom& view = server_.controlled_room_;
  view.clear();
  for (const auto& [id, participant] : participants_) participant->show_session(view, now_ns);
  if (view.sessions.empty()) return;
  for (const auto& [id, participant] : participants_) participant->show_routes(view);
  controllers.ask(view, media_->id(), id_, now_ns);
  for (size_t i = 0; i < view.sessions.size(); ++i) {
    // A controller may have had a participant removed.
    const auto found = sessions_.find(SessionId{view.sessions[i].session});
    if (found != sessions_.end()) found->second->obey(view, i, controllers.reasons(), now_ns);
  }
}

}  // namespace veche::room
