// SPDX-License-Identifier: Apache-2.0
// Prints what a controller that decides nothing costs: ns for each session and call. The plugin's
// own part is not in it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "fake_media.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

constexpr int kTicks = 200;
constexpr int kSlots = 5;

class Idle final : public Controller {
 public:
  const std::vector<std::string>& reasons() const override { return reasons_; }
  void control(const veche_controlled_room&, veche_room_decision&) override {}
  void forget(SessionId) override {}
  void forget(RoomId) override {}

 private:
  const std::vector<std::string> reasons_{""};
};

class Bench {
 public:
  explicit Bench(int sessions) {
    Room& room = *server_.create_room("bench", {}).value();
    for (int i = 0; i < sessions; ++i) {
      Participant& joined = *room.join("participant-" + std::to_string(i), {}).value();
      joined.open_session("T" + std::string(kSlots, 'S'), [](const Result<SessionAnswer>&) {});
      FakeSession& session = media().newest();
      session.make_able();
      session.slot_bytes_sent.resize(kSlots);
      session.slot_statistics.resize(kSlots);
      session.track_statistics.resize(1);
      session.answer();
      session.connect();
    }
    tick();
    fill_slots();
  }

  FakeRoomLog& media() { return *engine_.rooms.back(); }
  Server& server() { return server_; }
  void tick() {
    server_.tick(now_ns_ += 100 * kNsPerMs);
    while (loop_.iterate()) {
    }
  }
  /// Of one tick of the whole room.
  double tick_ns() {
    for (int i = 0; i < 10; ++i) tick();
    const int64_t began_ns = monotonic_ns();
    for (int i = 0; i < kTicks; ++i) tick();
    return static_cast<double>(monotonic_ns() - began_ns) / kTicks;
  }
  double statistics_ns() {
    size_t slots = 0;
    const int64_t began_ns = monotonic_ns();
    for (int i = 0; i < kTicks; ++i) {
      for (const auto& session : media().sessions) slots += session->statistics().slots.size();
    }
    if (slots == 0) std::abort();
    return static_cast<double>(monotonic_ns() - began_ns) / kTicks;
  }

 private:
  void fill_slots() {
    media::Selection selection;
    const auto& sessions = media().sessions;
    for (const auto& session : sessions) {
      std::vector<TrackId> tracks;
      for (size_t i = 0; i < kSlots; ++i) {
        tracks.push_back(sessions[(i + 1) % sessions.size()]->tracks()[0].track);
      }
      selection.sessions.push_back({session->id(), tracks});
    }
    for (size_t i = 0; i < 3; ++i) selection.speaking.push_back(sessions[i]->tracks()[0].track);
    selection.dominant = selection.speaking[0];
    media().poll(selection);
  }

  glib::ControlLoop loop_;
  FakeEngine engine_;
  int64_t now_ns_ = monotonic_ns();
  Server server_{loop_, engine_, {.max_participants = 1000}, 0};
};

}  // namespace
}  // namespace veche::room

int main() {
  veche::log::configure(veche::log::Level::Error, veche::log::Format::Text);
  printf("sessions   control, ns for each   of which statistics of the fake media layer\n");
  for (const int sessions : {5, 20, 100, 500}) {
    veche::room::Bench bench(sessions);
    const double without_ns = bench.tick_ns();
    veche::room::Idle idle;
    bench.server().controllers().add(idle);
    const double with_ns = bench.tick_ns();
    bench.server().controllers().remove(idle);
    printf("%8d %22.0f %12.0f\n", sessions, (with_ns - without_ns) / sessions,
           bench.statistics_ns() / sessions);
  }
}
