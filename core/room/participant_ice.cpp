// SPDX-License-Identifier: Apache-2.0
// The ICE restarts of a participant's session.
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "room/participant.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {

void Participant::restart_ice(const std::string& ufrag,
                              std::function<void(Result<IceAnswer>)> callback) {
  assert(is_on_control());
  const Error ended = not_found("The participant has no session; it ended or was replaced.");
  if (!session_) {
    room_.server().loop().post([callback = std::move(callback), ended] { callback(ended); });
    return;
  }
  const std::weak_ptr<bool> alive = session_alive_;
  session_->restart_ice(ufrag, [this, alive, ufrag, ended, callback = std::move(callback)](
                                   const Result<std::string>& fragment) {
    if (alive.expired()) return callback(ended);
    if (!fragment) return callback(fragment.error());
    ice_ufrag_ = ufrag;
    ++ice_generation_;
    log::info("room", "restarts ICE", about());
    note(Trace::Kind::Change, "session.ice_restarted");
    callback(IceAnswer{ice_generation_, *fragment});
  });
}

}  // namespace veche::room
