// SPDX-License-Identifier: Apache-2.0
// What a crowd that joins costs each client, in messages and bytes, as they go over the network.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "../../repetitions.hpp"
#include "../../room/room_fixture.hpp"
#include "http/api/client_messages.hpp"
#include "http/api/views.hpp"
#include "http/protocol/websocket_frames.hpp"

namespace veche::http {
namespace {

/// Makes each message as the WebSocket does, and counts it.
class CountingSink : public room::ClientSink {
 public:
  uint64_t next_seq() const override { return seq_ + 1; }
  void on_snapshot(const room::Snapshot& snapshot) override {
    count("snapshot", snapshot_data(snapshot), snapshot.stream);
    snapshot_bytes = bytes;
  }
  void on_resumed(const room::Resumption& resumption) override {
    count("resumed", resumed_data(resumption), resumption.position.stream);
  }
  void on_roster(const room::RosterChange& change) override {
    count("roster", roster_data(change));
    participants = change.participants;
  }
  void on_slots(const std::vector<room::SlotView>& changed) override {
    count("slots", slots_data(changed));
  }
  void on_speakers(const room::Speakers& speakers) override {
    count("speakers", speakers_data(speakers));
  }
  void on_hint(const room::PublishHint& hint) override { count("hint", hint_data(hint)); }
  void on_quality(const room::NetworkQuality& quality) override {
    count("quality", to_json(quality));
  }
  void on_notice(const room::PluginNotices& changed) override {
    count("notice", notice_data(changed));
  }
  void on_announcement(const std::string& json) override { count("announcement", json); }
  void on_plugin_message(const std::string&, const std::string&) override {}
  void on_draining(std::optional<int64_t> deadline) override {
    count("draining", draining_data(deadline));
  }
  void on_closing(room::EndReason, const std::string&) override {}
  void on_taken_over() override {}

  uint64_t messages() const { return seq_; }
  size_t bytes = 0, snapshot_bytes = 0;
  size_t participants = 0;

 private:
  void count(const char* type, const std::string& data, const std::string& stream = {}) {
    const MessageHead head{type, ++seq_, time_, stream, {}};
    bytes += encode_frame(Opcode::Text, client_message(head, data)).size();
  }
  const std::string time_ = rfc3339(1'700'000'000'000);
  uint64_t seq_ = 0;
};

class RosterCost : public room::RoomTest {
 protected:
  struct Client {
    CountingSink sink;
    std::unique_ptr<room::ClientFeed> feed;
  };
  static constexpr int kTicks = 100;         // Ten seconds.
  static constexpr int kTicksToConnect = 3;  // From the answer on.

  /// `crowd` participants join within ten seconds and listen to the room. Somebody else speaks each
  /// second.
  void join_at_once(size_t crowd) {
    start({.max_participants = 2000});
    room::Room& room = make_room();
    for (int step = 1; step <= kTicks + kTicksToConnect; ++step) {
      const auto due = [&](int at) {
        return crowd * static_cast<size_t>(std::max(at, 0)) / kTicks;
      };
      while (clients.size() < std::min(crowd, due(step))) enter(room);
      for (size_t i = due(step - kTicksToConnect - 1); i < due(step - kTicksToConnect); ++i) {
        media().sessions[i]->connect();
      }
      if (step % 10 == 0) speak(step);
      tick();
    }
    for (int i = 0; i < 10; ++i) tick();
  }
  void enter(room::Room& room) {
    const std::string id = "participant-" + std::to_string(clients.size());
    offer(join(room, id)).answer();
    run();
    auto client = std::make_unique<Client>();
    client->feed = room.watch(id, client->sink).value();
    clients.push_back(std::move(client));
  }
  void speak(int step) {
    const auto& sessions = media().sessions;
    const TrackId track = sessions[static_cast<size_t>(step) % sessions.size()]->tracks()[0].track;
    media::Selection selection{{}, {track}, track};
    for (const auto& session : sessions) selection.sessions.push_back({session->id(), {track}});
    media().poll(selection);
  }
  size_t most(size_t (*of)(const CountingSink&)) const {
    size_t most = 0;
    for (const auto& client : clients) most = std::max(most, of(client->sink));
    return most;
  }
  void expect_cost(size_t most_messages, size_t most_bytes) {
    const size_t messages =
        most([](const CountingSink& sink) { return static_cast<size_t>(sink.messages()); });
    const size_t bytes = most([](const CountingSink& sink) { return sink.bytes; });
    std::cout << clients.size() << " join within 10 s: at most " << messages << " messages and "
              << bytes << " bytes for a client; a snapshot has at most "
              << most([](const CountingSink& sink) { return sink.snapshot_bytes; }) << " bytes\n";
    EXPECT_LE(messages, most_messages);
    EXPECT_LT(bytes, most_bytes);
    EXPECT_EQ(clients.front()->sink.participants, clients.size()) << "the first knows of the last";
  }

  std::vector<std::unique_ptr<Client>> clients;
};

TEST_F(RosterCost, OfAHundredThatJoinWithinTenSeconds) {
  join_at_once(100);
  expect_cost(100, 64 * 1024);
}

/// Three hundred where a sanitizer watches: the bounds are the same.
TEST_F(RosterCost, OfAThousandThatJoinWithinTenSeconds) {
  join_at_once(std::max<size_t>(300, test::repetitions(1000)));
  expect_cost(100, 64 * 1024);
}

}  // namespace
}  // namespace veche::http
