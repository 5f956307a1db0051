// SPDX-License-Identifier: Apache-2.0
// A room with a fake clock: delivers scripted packets with jitter and loss, calls the selector
// every 20 ms, and records its decisions. Each person publishes one track and listens.
#pragma once

#include <map>
#include <vector>

#include "forwarding/room_selector.hpp"
#include "speech.hpp"

namespace veche::forwarding::test {

struct Network {
  int jitter_ms = 0;
  int loss_percent = 0;
};

struct Person {
  uint64_t track = 0, participant = 0;
  std::vector<Frame> frames;
  std::vector<int> arrivals_ms;  ///< Of each frame; -1: lost or not sent.
  uint32_t flags = 0;
  uint32_t max_speakers = 0;
  std::vector<veche_preference> preferences;
  std::vector<uint64_t> slots;
};

class SimulatedRoom {
 public:
  explicit SimulatedRoom(const Settings& settings = {}, uint32_t seed = 1)
      : selector_(settings), random_(seed) {}

  /// Returns the person's number. Each person has `slots` slots and hears the others.
  size_t join(const Script& script, Network network = {}, size_t slots = 3);
  /// Runs until the clock reaches this time.
  void run_until(int ms);
  /// One tick, 20 ms.
  void tick();
  /// Lets time pass without a call.
  void skip(int ms) { now_ms_ += ms; }

  int now_ms() const { return now_ms_; }
  Person& person(size_t number) { return people_[number]; }
  uint64_t track(size_t number) const { return people_[number].track; }
  bool hears(size_t listener, size_t speaker) const;
  bool speaking(size_t number) const { return speaking_[number] != 0; }
  uint64_t dominant() const { return dominant_; }
  RoomSelector& selector() { return selector_; }
  /// The number of times that a slot of this listener got another track.
  int switches(size_t listener) const { return switches_[listener]; }
  /// The number of changes of the main speaker after the first.
  int dominant_changes() const { return dominant_changes_; }
  /// The arrival of that frame's packet, or of the next one that arrived.
  int arrival_ms(size_t number, int frame_begin_ms) const;

 private:
  int draw(int count) { return static_cast<int>(random_() % static_cast<uint32_t>(count)); }
  void fill_candidates();
  void fill_listeners();
  void take_over(const std::vector<veche_slot>& slots);

  RoomSelector selector_;
  std::mt19937 random_;
  std::vector<Person> people_;
  std::vector<size_t> next_frame_;
  std::vector<veche_candidate> candidates_;
  std::vector<veche_listener> listeners_;
  std::vector<veche_preference> preferences_;
  std::vector<veche_slot> slots_;
  std::vector<uint8_t> speaking_;
  std::vector<int> switches_;
  uint64_t dominant_ = 0;
  int dominant_changes_ = 0;
  int now_ms_ = 0;
};

}  // namespace veche::forwarding::test
