// SPDX-License-Identifier: Apache-2.0
// Views made of people and their links, and decisions given back to them.
#include "world.hpp"

#include <algorithm>

namespace veche::adaptive::test {
namespace {

constexpr uint32_t kHeaderBits = 55 * 8;

}  // namespace

uint32_t Person::heard() const {
  return static_cast<uint32_t>(std::count_if(
      slots.begin(), slots.end(),
      [](const veche_route_decision& slot) { return slot.target == VECHE_TARGET_ALL; }));
}

bool is_neutral(const Person& person) {
  const bool has_all =
      std::all_of(person.slots.begin(), person.slots.end(), [](const veche_route_decision& slot) {
        return slot.target == VECHE_TARGET_ALL && slot.protection == kNeutral && slot.reason == 0;
      });
  return has_all && person.decided.wish_bps == 0;
}

World::World(size_t people, size_t talkers) : people_(people) {
  for (size_t i = 0; i < talkers; ++i) people_[i].talks = true;
}

uint32_t World::price_of(const Person& person) {
  return person.bitrate_bps + person.packets_per_s * kHeaderBits;
}

void World::run_s(double seconds) {
  const double end_s = now_s() + seconds - 0.05;
  while (now_s() < end_s) step();
}

void World::step() {
  now_ns_ += 100 * kMillisecond;
  for (Person& person : people_) {
    double offered = 0;
    size_t slot = 0;
    for (const Person& from : people_) {
      if (!from.talks || &from == &person || slot >= person.slots.size()) continue;
      const uint32_t repeated = person.repeated(slot);
      if (person.hears(slot++)) offered += price_of(from) + repeated * from.bitrate_bps * 1.05;
    }
    person.link.step(offered, person.decided.wish_bps);
  }
  make_view();
  apply();
}

void World::make_view() {
  sessions_.clear();
  routes_.clear();
  tracks_.clear();
  for (size_t i = 0; i < people_.size(); ++i) {
    const Person& person = people_[i];
    veche_controlled_session session{};
    session.session = 1000 + i;
    session.participant = 2000 + i;
    session.first_route = static_cast<uint32_t>(routes_.size());
    session.first_track = static_cast<uint32_t>(tracks_.size());
    session.track_count = 1;
    session.lane_load = person.lane_load;
    person.link.show(session);
    veche_controlled_track track{};
    track.track = 3000 + i;
    track.kind = VECHE_KIND_AUDIO;
    track.flags = (person.is_hinted ? VECHE_TRACK_HINTED : 0) |
                  (person.is_encrypted ? VECHE_TRACK_ENCRYPTED : 0);
    track.bitrate_bps = person.talks ? person.bitrate_bps : 0;
    track.packets_per_s = person.talks ? person.packets_per_s : 0;
    track.loss = person.loss_in;
    track.listener_count = person.talks ? static_cast<uint32_t>(people_.size() - 1) : 0;
    tracks_.push_back(track);
    bool is_main = true;
    for (size_t from = 0; from < people_.size(); ++from) {
      if (!people_[from].talks || from == i) continue;
      veche_controlled_route route{};
      route.track = 3000 + from;
      route.participant = 2000 + from;
      route.kind = VECHE_KIND_AUDIO;
      route.slot = session.route_count++;
      route.flags = VECHE_ROUTE_SPEAKING | VECHE_ROUTE_ABLE_RETRANSMISSION |
                    (is_main ? VECHE_ROUTE_DOMINANT : 0) |
                    (person.is_able ? VECHE_ROUTE_ABLE_REDUNDANCY : 0);
      route.price_bps = price_of(people_[from]);
      is_main = false;
      routes_.push_back(route);
    }
    sessions_.push_back(session);
  }
}

void World::decide() {
  veche_controlled_room view{};
  view.struct_size = sizeof view;
  view.session_count = static_cast<uint32_t>(sessions_.size());
  view.route_count = static_cast<uint32_t>(routes_.size());
  view.track_count = static_cast<uint32_t>(tracks_.size());
  view.session_stride = sizeof(veche_controlled_session);
  view.route_stride = sizeof(veche_controlled_route);
  view.track_stride = sizeof(veche_controlled_track);
  view.room = room;
  view.now_ns = now_ns_;
  view.name = name.c_str();
  view.sessions = sessions_.data();
  view.routes = routes_.data();
  view.tracks = tracks_.data();
  veche_route_decision undecided{};
  undecided.protection = kNeutral;
  session_decisions_.assign(sessions_.size(), {});
  route_decisions_.assign(routes_.size(), undecided);
  track_decisions_.assign(tracks_.size(), {});
  veche_room_decision decision{sizeof decision,
                               sizeof(veche_session_decision),
                               sizeof(veche_route_decision),
                               sizeof(veche_track_decision),
                               session_decisions_.data(),
                               route_decisions_.data(),
                               track_decisions_.data()};
  rooms.control({view, decision}, policy);
}

void World::apply() {
  decide();
  for (size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    const veche_controlled_session& session = sessions_[i];
    person.decided = session_decisions_[i];
    person.slots.assign(route_decisions_.begin() + session.first_route,
                        route_decisions_.begin() + session.first_route + session.route_count);
    person.asked = track_decisions_[i];
    if (!obeys || !person.is_hinted) continue;
    const uint32_t most = person.asked.max_bitrate_bps;
    person.bitrate_bps = most == 0 ? 32'000 : std::min(most, 32'000U);
    person.packets_per_s = person.asked.packet_ms == 0 ? 50 : 1000 / person.asked.packet_ms;
  }
}

}  // namespace veche::adaptive::test
