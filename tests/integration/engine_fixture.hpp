// SPDX-License-Identifier: Apache-2.0
// The real engine with real webrtcbin peers in one process, on loopback.
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/workers.hpp"
#include "client.hpp"
#include "glib/control_loop.hpp"
#include "media/engine.hpp"

namespace veche::media {

/// A participant: a webrtcbin client on one side, a session of the engine on the other.
struct Peer {
  ParticipantId participant = ParticipantId::next();
  uint32_t index = 0;
  std::shared_ptr<load::Receiver> receiver;
  std::unique_ptr<load::Client> client;
  std::shared_ptr<Session> session;
  std::optional<Result<std::string>> answer;
  bool may_publish = true;
  bool connected = false;
  std::optional<SessionEnd> ended;
  uint16_t sequence = 100;
};

/// Every test runs on both paths.
class EngineFixture : public testing::TestWithParam<PathKind> {
 protected:
  static constexpr uint32_t kSlots = 3;

  explicit EngineFixture(uint32_t peer_timeout_s = 15) {
    // Each test has its own range, as in tests/interop/harness/ports.mjs.
    const char* number = getenv("VECHE_TEST_NUMBER");
    settings_.first_port = static_cast<uint16_t>(30000 + 200 * (number ? atoi(number) : 0));
    settings_.last_port = static_cast<uint16_t>(settings_.first_port + 199);
    settings_.peer_timeout_s = peer_timeout_s;
    settings_.path = GetParam();
  }
  void SetUp() override {
    auto engine = make_engine(loop_, settings_);
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = std::move(*engine);
    room_ = engine_->open_room(RoomId::next());
  }
  ~EngineFixture() override {
    for (const auto& peer : peers_) leave(*peer);
    room_.reset();
    run_until([this] { return engine_->idle(); });
    engine_.reset();
  }

  /// Runs the loop until it is true; a timeout fails the test.
  template <class Condition>
  bool run_until(Condition condition, int64_t patience_ms = 20'000) {
    const int64_t end_ns = monotonic_ns() + patience_ms * kNsPerMs;
    const glib::Timer wake = loop_.every(5, [] {});
    while (!condition()) {
      if (monotonic_ns() > end_ns) return false;
      loop_.iterate(true);
    }
    return true;
  }
  void run_for(int64_t milliseconds) {
    run_until([] { return false; }, milliseconds);
  }

  /// Runs a blocking function on another thread while control continues.
  void on_worker(const std::function<void()>& task) {
    std::atomic<bool> done{false};
    workers_.run([&] {
      task();
      done = true;
    });
    ASSERT_TRUE(run_until([&] { return done.load(); }));
  }

  Peer& add_peer() {
    peers_.push_back(std::make_unique<Peer>());
    Peer& peer = *peers_.back();
    peer.index = static_cast<uint32_t>(peers_.size());
    peer.receiver = std::make_shared<load::Receiver>(peer.index, 0);
    on_worker([&] {
      load::ClientSettings settings;
      settings.ssrc = 1000 + peer.index;
      settings.slots = kSlots;
      auto made = load::Client::create(settings, {[] {}, [](const std::string&) {}}, peer.receiver);
      if (made) peer.client = std::move(*made);
    });
    return peer;
  }

  void offer(Peer& peer, const std::function<void(sdp::SessionPlan&)>& change = {}) {
    Result<sdp::SessionPlan> plan = sdp::check_offer(peer.client->offer(), sdp::ProfileLimits{});
    ASSERT_TRUE(plan) << plan.error().message;
    if (change) change(*plan);
    SessionRequest request;
    request.plan = std::move(*plan);
    request.participant = peer.participant;
    request.source_number = 5000 + peer.index;
    request.room_name = "lobby";
    request.participant_name = "peer-" + std::to_string(peer.index);
    request.display_name = "Peer " + std::to_string(peer.index);
    request.publish_audio = peer.may_publish;
    // Tests send faster than anybody talks.
    request.audio_rates = {.packets_per_s = 10'000, .bitrate_bps = 100'000'000};
    SessionEvents events;
    events.answered = [&peer](Result<std::string> answer) { peer.answer = std::move(answer); };
    events.connected = [&peer] { peer.connected = true; };
    events.ended = [&peer](SessionEnd end, const std::string&) { peer.ended = end; };
    peer.session = room_->open_session(std::move(request), std::move(events));
  }

  /// Joins and waits for media to flow.
  void join(Peer& peer, const std::function<void(sdp::SessionPlan&)>& change = {}) {
    ASSERT_NE(peer.client, nullptr);
    offer(peer, change);
    ASSERT_TRUE(run_until([&] { return peer.answer.has_value(); }));
    ASSERT_TRUE(peer.answer->ok()) << peer.answer->error().message;
    on_worker([&] { ASSERT_TRUE(peer.client->set_answer(**peer.answer)); });
    ASSERT_TRUE(run_until([&] { return peer.connected; }));
    on_worker([&] { ASSERT_TRUE(peer.client->start_sending()); });
  }

  void leave(Peer& peer) {
    if (peer.session) peer.session->close();
    peer.session.reset();
    if (peer.client) on_worker([&] { peer.client.reset(); });
  }

  /// One Opus packet with an audio level; `ssrc` 0 is the announced one.
  static void send(Peer& peer, uint32_t ssrc = 0) {
    const load::TalkerFormat& format = peer.client->format();
    const uint32_t source = ssrc == 0 ? format.ssrc : ssrc;
    const uint16_t sequence = peer.sequence++;
    const uint32_t timestamp = 960u * sequence;
    const auto byte = [](uint32_t value, int shift) {
      return static_cast<uint8_t>(value >> shift);
    };
    const uint8_t packet[] = {0x90,
                              format.payload_type,
                              byte(sequence, 8),
                              byte(sequence, 0),
                              byte(timestamp, 24),
                              byte(timestamp, 16),
                              byte(timestamp, 8),
                              byte(timestamp, 0),
                              byte(source, 24),
                              byte(source, 16),
                              byte(source, 8),
                              byte(source, 0),
                              0xbe,
                              0xde,
                              0,
                              1,
                              static_cast<uint8_t>(format.audio_level_extension << 4),
                              0x80 | 30,
                              0,
                              0,
                              1,
                              2,
                              3,
                              4};
    peer.client->send(packet);
  }

  /// The packets that the listener heard of any talker; these carry no mark.
  static uint64_t heard(const Peer& peer) {
    return peer.receiver->packets.load() + peer.receiver->foreign.load();
  }

  static size_t threads() { return entries("/proc/self/task"); }
  static size_t descriptors() { return entries("/proc/self/fd"); }

  glib::ControlLoop loop_;
  Settings settings_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Room> room_;
  std::vector<std::unique_ptr<Peer>> peers_;
  Workers workers_{"test", 1};

 private:
  static size_t entries(const char* path) {
    const std::filesystem::directory_iterator all(path);
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }
};

}  // namespace veche::media
