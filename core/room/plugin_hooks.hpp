// SPDX-License-Identifier: Apache-2.0
// What plugins decide in rooms: what becomes of a client's message, and who is admitted.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "room/types.hpp"

namespace veche::room {

class Room;
class Participant;

/// A plugin that clients can talk to; implemented in plugin/. [control]
class ClientMessages {
 public:
  virtual ~ClientMessages() = default;
  virtual std::string name() const = 0;
  /// `json`: of the sender, in this room. The error is its client's answer. Both may be gone when
  /// this returns.
  virtual Status take_message(const Room& room, const Participant& sender,
                              const std::string& json) = 0;
};

/// A plugin that decides who joins; implemented in plugin/. [control]
class Doorkeeper {
 public:
  virtual ~Doorkeeper() = default;
  /// May the participant join the room with these settings, which it may change? The error says why
  /// not.
  virtual Status admit(const Room& room, const std::string& participant,
                       ParticipantSettings& settings) = 0;
};

/// [control]
class PluginHooks {
 public:
  void add(ClientMessages& plugin) { listeners_.push_back(&plugin); }
  void remove(ClientMessages& plugin) { std::erase(listeners_, &plugin); }
  void add(Doorkeeper& plugin) { doorkeepers_.push_back(&plugin); }
  void remove(Doorkeeper& plugin) { std::erase(doorkeepers_, &plugin); }

  /// NotFound: no plugin of that name takes messages.
  Status take_message(const std::string& plugin, const Room& room, const Participant& sender,
                      const std::string& json) const;
  /// Asks each doorkeeper until one refuses.
  Status admit(const Room& room, const std::string& participant,
               ParticipantSettings& settings) const;

 private:
  std::vector<ClientMessages*> listeners_;
  std::vector<Doorkeeper*> doorkeepers_;
};

}  // namespace veche::room
