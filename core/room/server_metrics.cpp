// SPDX-License-Identifier: Apache-2.0
// What is counted of rooms and participants, as metrics.
#include <cassert>

#include "base/thread_role.hpp"
#include "room/server.hpp"

namespace veche::room {

void Server::put_metrics(MetricSink& sink) const {
  assert(is_on_control());
  int64_t participants = 0, speakers = 0;
  for (const auto& [id, room] : rooms_) {
    participants += static_cast<int64_t>(room->participants().size());
    speakers += static_cast<int64_t>(room->speakers().speaking.size());
  }
  sink.gauge("veche_rooms", "Rooms", static_cast<int64_t>(rooms_.size()));
  sink.gauge("veche_participants", "Participants of all rooms, connected or not", participants);
  sink.gauge("veche_capacity_head_room_participants",
             "How many more participants the server can carry", capacity().head_room);
  sink.gauge("veche_token_revocations",
             "Participants and rooms whose older join tokens the server refuses",
             static_cast<int64_t>(revocations_.size()));
  sink.gauge("veche_speakers", "Participants that speak, according to the selector", speakers);
  for (int i = static_cast<int>(EndReason::Left); i <= static_cast<int>(EndReason::ServerStopping);
       ++i) {
    const auto reason = static_cast<EndReason>(i);
    const auto found = ended_.find(reason);
    sink.counter("veche_participants_ended_total",
                 "Participants that have left and sessions that were replaced, by reason",
                 found == ended_.end() ? 0 : found->second, {{"reason", to_string(reason)}});
  }
}

}  // namespace veche::room
