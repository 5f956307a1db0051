// SPDX-License-Identifier: Apache-2.0
// What the server remembers of the messages to one client: it may outlive their connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "room/notices.hpp"
#include "room/roster_window.hpp"
#include "room/shown_roster.hpp"

namespace veche::room {

/// Its size is bounded by the client's window, however much happens: it keeps what the client has
/// to learn, and no log.
struct MessageStream {
  std::string id;  ///< Cannot be guessed.
  std::string participant;
  ShownRoster roster;
  Notices notices;
  bool was_told_of_drain = false;
};

/// The messages that a client has received.
struct StreamPosition {
  std::string stream;
  uint64_t seq = 0;  ///< Of the last one.
};

/// How a client wants to be told.
struct WatchRequest {
  size_t window = kDefaultWindow;  ///< See window_of(). A resumed stream keeps its own.
  std::optional<StreamPosition> resume;
};

}  // namespace veche::room
