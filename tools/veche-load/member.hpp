// SPDX-License-Identifier: Apache-2.0
// One participant of a load while it joins, talks and leaves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client.hpp"
#include "glib/control_loop.hpp"
#include "receiver.hpp"
#include "results.hpp"
#include "talker.hpp"

namespace veche::load {

enum class MemberState {
  Waiting = 1,
  Preparing,   ///< The offer is being made.
  Prepared,    ///< It waits for its turn.
  Posting,     ///< Waits for the answer.
  Connecting,  ///< ICE and DTLS.
  Connected,
  Leaving,  ///< Waits for the reply to the DELETE.
  Closing,  ///< The client is being released.
  Gone,
};

/// [control] all of it.
struct Member {
  uint32_t index = 0;
  MemberState state = MemberState::Waiting;
  bool leaves_early = false;
  bool described = false;  ///< The answer was taken.
  std::string location;
  std::shared_ptr<Client> client;  ///< Shared with the worker that uses it; a worker destroys it.
  std::shared_ptr<Receiver> receiver;
  std::unique_ptr<Talker> talker;
  glib::Timer leave_timer;
  Outcome outcome;

  bool joining() const {
    return state == MemberState::Preparing || state == MemberState::Posting ||
           state == MemberState::Connecting;
  }
};

}  // namespace veche::load
