// SPDX-License-Identifier: Apache-2.0
// A room whose controller a test decides for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "room/controller.hpp"
#include "room_fixture.hpp"

namespace veche::room {

enum Reason : uint32_t { kNone, kLoss, kCongestion };

/// Remembers what it was shown, and decides as `decide` says.
class FakeController final : public Controller {
 public:
  const std::vector<std::string>& reasons() const override { return reasons_; }
  void control(const veche_controlled_room& room, veche_room_decision& decision) override {
    ++calls;
    name = room.name;
    sessions.assign(room.sessions, room.sessions + room.session_count);
    routes.assign(room.routes, room.routes + room.route_count);
    tracks.assign(room.tracks, room.tracks + room.track_count);
    if (decide) decide(room, decision);
  }
  void forget(SessionId session) override { forgotten.push_back(session.value); }
  void forget(RoomId room) override { forgotten.push_back(room.value); }

  std::function<void(const veche_controlled_room&, veche_room_decision&)> decide;
  int calls = 0;
  std::string name;
  std::vector<veche_controlled_session> sessions;
  std::vector<veche_controlled_route> routes;
  std::vector<veche_controlled_track> tracks;
  std::vector<uint64_t> forgotten;

 private:
  const std::vector<std::string> reasons_{"", "loss", "congestion"};
};

/// Ann hears Bob in her first slot. She comes before him in what the controller sees.
class ControllerTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    room_ = &make_room();
    ann_ = &connect(*room_, "ann");
    bob_ = &connect(*room_, "bob");
    ann_->make_able();
    tick();
    hear_bob();
    take_events();
    server->controllers().add(controller_);
  }

  void hear_bob() {
    media::Selection selection;
    selection.sessions = {{ann_->id(), {bob_->tracks().at(0).track}}};
    selection.speaking = {bob_->tracks().at(0).track};
    selection.dominant = bob_->tracks().at(0).track;
    media().poll(selection);
  }
  void decide_route(const veche_route_decision& route) {
    controller_.decide = [route](const veche_controlled_room&, veche_room_decision& decision) {
      decision.routes[0] = route;
    };
  }
  /// About Bob's track, or Ann's session.
  void decide_track(const veche_track_decision& track) {
    controller_.decide = [track](const veche_controlled_room&, veche_room_decision& decision) {
      decision.tracks[1] = track;
    };
  }
  void decide_session(const veche_session_decision& session) {
    controller_.decide = [session](const veche_controlled_room&, veche_room_decision& decision) {
      decision.sessions[0] = session;
    };
  }
  std::vector<std::string> trace_of(const std::string& participant, const std::string& type) {
    std::vector<std::string> found;
    for (const TraceEntry& entry : room_->find(participant)->trace().entries()) {
      if (entry.type == type) found.push_back(entry.data);
    }
    return found;
  }

  FakeController controller_;
  Room* room_ = nullptr;
  FakeSession* ann_ = nullptr;
  FakeSession* bob_ = nullptr;
};

}  // namespace veche::room
