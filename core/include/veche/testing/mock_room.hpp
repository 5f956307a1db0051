// SPDX-License-Identifier: Apache-2.0
// A room for unit tests of selectors: the test fills it, the selector decides, and the next view
// has what was decided.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "../cpp/room_view.hpp"

namespace veche::testing {

/// `MockRoom room; auto& ann = room.add(); ann.level = 20; room.select(stage);`
class MockRoom {
 public:
  /// A participant with one audio track, and a session with `slots` audio slots.
  struct Person {
    uint64_t id = 0, track = 0;
    uint8_t level = VECHE_LEVEL_SILENCE;
    bool is_muted = false;
    uint64_t tag = 0;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<uint64_t> heard;  ///< The tracks in its slots; 0: none.
    bool is_speaking = false;
  };

  Person& add(uint32_t slots = 3) {
    Person& person = people_.emplace_back();
    person.id = people_.size();
    person.track = 1000 + people_.size();
    person.heard.assign(slots, 0);
    return person;
  }
  /// The next 20 ms. `selector` has select(const RoomView&, Assignments&).
  template <class Selector>
  void select(Selector&& selector) {
    now_ns_ += 20'000'000;
    fill();
    veche_room_view view{};
    view.struct_size = sizeof view;
    view.candidate_count = static_cast<uint32_t>(candidates_.size());
    view.listener_count = static_cast<uint32_t>(listeners_.size());
    view.slot_count = static_cast<uint32_t>(slots_.size());
    // Larger elements than the plugin knows, as a newer server has them.
    view.candidate_stride = sizeof(Larger<veche_candidate>);
    view.listener_stride = sizeof(Larger<veche_listener>);
    view.preference_stride = sizeof(veche_preference);
    view.slot_stride = sizeof(Larger<veche_slot>);
    view.room = 1;
    view.now_ns = now_ns_;
    view.candidates = &candidates_.data()->known;
    view.listeners = &listeners_.data()->known;
    std::vector<uint8_t> speaking(candidates_.size());
    veche_selection selection{};
    selection.struct_size = sizeof selection;
    selection.slots = &slots_.data()->known;
    selection.speaking = speaking.data();
    Assignments out(view, selection);
    selector.select(RoomView(view), out);
    size_t slot = 0;
    for (size_t i = 0; i < people_.size(); ++i) {
      people_[i].is_speaking = speaking[i] != 0;
      for (uint64_t& track : people_[i].heard) track = slots_[slot++].known.track;
    }
    dominant = selection.dominant;
  }
  bool hears(const Person& listener, const Person& speaker) const {
    for (const uint64_t track : listener.heard) {
      if (track == speaker.track) return true;
    }
    return false;
  }

  uint64_t dominant = 0;  ///< The track of the main speaker.

 private:
  template <class T>
  struct Larger {
    T known;
    uint64_t newer;
  };

  void fill() {
    candidates_.clear();
    listeners_.clear();
    slots_.clear();
    attributes_.assign(people_.size(), {});
    for (size_t i = 0; i < people_.size(); ++i) {
      const Person& person = people_[i];
      for (const auto& [name, value] : person.attributes) {
        attributes_[i].push_back({name.c_str(), value.c_str()});
      }
      const veche_attributes attributes{attributes_[i].data(),
                                        static_cast<uint32_t>(attributes_[i].size()),
                                        attributes_[i].empty() ? 0u : 1u};
      veche_candidate candidate{};
      candidate.track = person.track;
      candidate.participant = person.id;
      candidate.last_packet_ns = now_ns_;
      candidate.kind = VECHE_KIND_AUDIO;
      candidate.flags = person.is_muted ? VECHE_CANDIDATE_MUTED : 0;
      candidate.packets = 1;
      candidate.level = candidate.smoothed_level = person.level;
      candidate.attributes = attributes;
      candidate.tag = person.tag;
      candidates_.push_back({candidate, ~uint64_t{0}});
      veche_listener listener{};
      listener.session = 5000 + person.id;
      listener.participant = person.id;
      listener.first_slot = static_cast<uint32_t>(slots_.size());
      listener.slot_count = static_cast<uint32_t>(person.heard.size());
      listener.attributes = attributes;
      listener.tag = person.tag;
      listeners_.push_back({listener, ~uint64_t{0}});
      for (const uint64_t track : person.heard) {
        slots_.push_back({{track, VECHE_KIND_AUDIO, 0}, ~uint64_t{0}});
      }
    }
  }

  int64_t now_ns_ = 1'000'000'000;
  std::deque<Person> people_;  // The test keeps references.
  std::vector<std::vector<veche_attribute>> attributes_;
  std::vector<Larger<veche_candidate>> candidates_;
  std::vector<Larger<veche_listener>> listeners_;
  std::vector<Larger<veche_slot>> slots_;
};

}  // namespace veche::testing
