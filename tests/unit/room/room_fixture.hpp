// SPDX-License-Identifier: Apache-2.0
// A server on the fake media layer, on the test's clock, and a client that records its calls.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "fake_media.hpp"
#include "room/server.hpp"

namespace veche::room {

/// Writes each call as one line, for instance "roster +bob *carol -dave ~eve", where eve is hidden.
class RecordingSink : public ClientSink {
 public:
  uint64_t next_seq() const override { return seq + 1; }
  void on_snapshot(const Snapshot& told) override {
    seq = 0;
    snapshot = told;
    say("snapshot");
  }
  void on_resumed(const Resumption& told) override {
    seq = told.position.seq;
    resumption = told;
    say("resumed");
  }
  void on_roster(const RosterChange& change) override {
    std::string line = "roster";
    for (const SharedEntry& entry : change.joined) line += " +" + entry->participant;
    for (const SharedEntry& entry : change.changed) line += " *" + entry->participant;
    for (const std::string& name : change.left) line += " -" + name;
    for (const std::string& name : change.hidden) line += " ~" + name;
    newest = change;
    say(line);
  }
  void on_slots(const std::vector<SlotView>& changed) override {
    std::string line = "slots";
    for (const SlotView& slot : changed) line += " " + slot.mid + "=" + slot.participant;
    say(line);
  }
  void on_speakers(const Speakers& speakers) override {
    std::string line = "speakers";
    for (const std::string& name : speakers.speaking) line += " " + name;
    say(line + " >" + speakers.dominant);
  }
  void on_hint(const PublishHint& hint) override {
    std::string line = "hint";
    for (const TrackHint& track : hint) {
      line += " " + track.mid + ":" + std::to_string(track.max_bitrate_bps) + "/" +
              std::to_string(track.packet_ms) + "/" + std::to_string(track.dtx) + " " +
              track.reason;
    }
    say(line);
  }
  void on_quality(const NetworkQuality& quality) override {
    say(std::string("quality ") + to_string(quality.quality) + " " + quality.reason);
  }
  void on_notice(const PluginNotices& changed) override {
    std::string line = "notice";
    for (const auto& [plugin, json] : changed) line += " " + plugin + "=" + json.value_or("null");
    say(line);
  }
  void on_announcement(const std::string& json) override { say("announcement " + json); }
  void on_plugin_message(const std::string& plugin, const std::string& json) override {
    say("message " + plugin + " " + json);
  }
  void on_draining(std::optional<int64_t> deadline_unix_ms) override {
    say(deadline_unix_ms ? "draining" : "draining no more");
  }
  void on_closing(EndReason reason, const std::string& detail) override {
    say(std::string("closing ") + to_string(reason) + (detail.empty() ? "" : ": " + detail));
  }
  void on_taken_over() override { lines.push_back("taken over"); }

  std::vector<std::string> take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
  uint64_t seq = 0;  ///< Of the last message.
  Snapshot snapshot;
  Resumption resumption;
  RosterChange newest;
  std::function<void(const std::string& line)> then;  ///< Called within each call.

 private:
  void say(const std::string& line) {
    ++seq;
    lines.push_back(line);
    // A copy, since the call may replace it.
    if (const auto call = then) call(line);
  }
};

class RoomTest : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  /// Posted answers refer to this fixture, and all tests share the loop's context.
  void TearDown() override {
    server.reset();
    run();
  }

  void start(Limits limits) {
    log::configure(log::Level::Error, log::Format::Text);
    server.emplace(loop, engine, limits, 0);
    server->add_room_settings(engine.selector_settings);
    now_ns = monotonic_ns();
    server->add_event_handler([this](const Event& event) { events.push_back(event); });
  }
  void run() {
    while (loop.iterate()) {
    }
  }
  void tick(int64_t later_ms = 100) {
    now_ns += later_ms * kNsPerMs;
    server->tick(now_ns);
    run();
  }

  Room& make_room(const std::string& id = "r") { return *server->create_room(id, {}).value(); }
  Participant& join(Room& room, const std::string& id) { return *room.join(id, {}).value(); }
  /// Its offer is with the media layer.
  FakeSession& offer(Participant& participant, const std::string& sdp = "TSS") {
    participant.open_session(
        sdp, [this](const Result<SessionAnswer>& answer) { answers.push_back(answer); });
    return engine.rooms.back()->newest();
  }
  FakeSession& connect(Room& room, const std::string& id) {
    FakeSession& session = offer(join(room, id));
    session.answer();
    session.connect();
    run();
    return session;
  }
  FakeRoomLog& media() { return *engine.rooms.back(); }

  /// "type participant" of each event since the last call.
  std::vector<std::string> take_events() {
    run();
    std::vector<std::string> lines;
    for (const Event& event : std::exchange(events, {})) {
      lines.push_back(event.type + (event.participant.empty() ? "" : " " + event.participant));
    }
    return lines;
  }

  glib::ControlLoop loop;
  FakeEngine engine;
  std::vector<Event> events;
  std::vector<Result<SessionAnswer>> answers;
  int64_t now_ns = 0;
  std::optional<Server> server;
};

}  // namespace veche::room
