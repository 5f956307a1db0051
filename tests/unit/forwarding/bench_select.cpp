// SPDX-License-Identifier: Apache-2.0
// Prints how long one select() takes in rooms of 100 and 200 people, with few and with many voices.
#include <cstdio>
#include <ctime>
#include <vector>

#include "forwarding/room_selector.hpp"

namespace {

using veche::forwarding::RoomSelector;
using veche::forwarding::Settings;

/// Of this thread alone, so that other load on the machine matters less.
int64_t cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

double ns_per_select(uint32_t people, uint32_t talkers) {
  constexpr uint32_t kSlots = 3;
  constexpr int kCalls = 20'000;
  RoomSelector selector{Settings{}};
  std::vector<veche_candidate> candidates(people);
  std::vector<veche_listener> listeners(people);
  std::vector<veche_slot> slots(people * size_t{kSlots}, veche_slot{0, VECHE_KIND_AUDIO, 0});
  std::vector<uint8_t> speaking(people);
  for (uint32_t i = 0; i < people; ++i) {
    candidates[i].track = 1 + i;
    candidates[i].participant = listeners[i].participant = 1000 + i;
    candidates[i].kind = VECHE_KIND_AUDIO;
    listeners[i].first_slot = kSlots * i;
    listeners[i].slot_count = kSlots;
  }
  veche_room_view view{};
  view.candidate_stride = sizeof(veche_candidate);
  view.listener_stride = sizeof(veche_listener);
  view.preference_stride = sizeof(veche_preference);
  view.slot_stride = sizeof(veche_slot);
  view.candidates = candidates.data();
  view.listeners = listeners.data();
  view.candidate_count = view.listener_count = people;
  view.slot_count = people * kSlots;
  veche_selection selection{};
  selection.slots = slots.data();
  selection.speaking = speaking.data();
  view.now_ns = 1'000'000'000;
  int64_t spent_ns = 0;
  for (int call = 0; call < kCalls; ++call) {
    view.now_ns += 20'000'000;
    for (uint32_t i = 0; i < people; ++i) {
      const bool talks = i < talkers && (static_cast<uint32_t>(call) / 40 + i) % 4 != 0;
      candidates[i].packets = 1;
      candidates[i].last_packet_ns = view.now_ns;
      candidates[i].level = talks ? 30 : 75;
    }
    const int64_t begin_ns = cpu_ns();
    selector.select(view, selection);
    spent_ns += cpu_ns() - begin_ns;
  }
  return static_cast<double>(spent_ns) / kCalls;
}

}  // namespace

int main() {
  std::printf("people  talkers  ns per select()\n");
  for (const uint32_t people : {100U, 200U}) {
    for (const uint32_t talkers : {3U, 10U, people}) {
      std::printf("%6u  %7u  %15.0f\n", people, talkers, ns_per_select(people, talkers));
    }
  }
  return 0;
}
