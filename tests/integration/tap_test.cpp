// SPDX-License-Identifier: Apache-2.0
// A plugin that taps tracks of real webrtcbin peers: what it gets, and that no other session
// notices.
#include "../abi/plugins/tap.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "engine_fixture.hpp"
#include "plugin/host.hpp"

namespace veche::media {
namespace {

class TapTest : public EngineFixture {
 protected:
  TapTest() { pthread_mutex_init(&journal_->lock, nullptr); }

  void load(const std::string& mode = {}) {
    char config[128];
    snprintf(config, sizeof config, R"({"journal": "%)" PRIxPTR R"(", "mode": "%s"})",
             reinterpret_cast<uintptr_t>(journal_.get()), mode.c_str());
    const char* dir = getenv("VECHE_TEST_DIR");
    auto host = plugin::Host::load(loop_, {{{"tap", "", true, config}}, {dir ? dir : "."}});
    ASSERT_TRUE(host) << host.error().message;
    host_ = std::move(*host);
    rooms_.emplace(loop_, *engine_, room::Limits{}, 0);
    host_->attach(*engine_, *rooms_);
  }

  /// Reads the journal, which the pipeline's thread writes.
  template <class Read>
  auto read(Read read) {
    pthread_mutex_lock(&journal_->lock);
    auto value = read(*journal_);
    pthread_mutex_unlock(&journal_->lock);
    return value;
  }
  uint32_t packets() {
    return read([](const tap_journal& journal) { return journal.packet_count; });
  }
  uint32_t closed() {
    return read([](const tap_journal& journal) { return journal.closed; });
  }
  template <class Condition>
  bool talk_until(Peer& talker, Condition condition) {
    const glib::Timer microphone = loop_.every(5, [&] { send(talker); });
    return run_until(condition);
  }
  static uint16_t sequence(const tap_packet& packet) {
    return static_cast<uint16_t>(packet.bytes[2] << 8 | packet.bytes[3]);
  }
  /// From `first` to the last that was sent, each once, in order, unchanged, with increasing times.
  void expect_packets(uint16_t first, const Peer& talker) {
    const uint32_t count = packets();
    ASSERT_EQ(count, static_cast<uint16_t>(talker.sequence - first));
    for (uint32_t i = 0; i < count; ++i) {
      const tap_packet& packet = journal_->packets[i];
      ASSERT_EQ(sequence(packet), static_cast<uint16_t>(first + i));
      ASSERT_EQ(packet.size, 24u);
      ASSERT_EQ(packet.bytes[1] & 0x7f, talker.client->format().payload_type);
      ASSERT_EQ(std::vector<uint8_t>(packet.bytes + 20, packet.bytes + 24),
                (std::vector<uint8_t>{1, 2, 3, 4}));
      ASSERT_GT(packet.pts_ns, begin_ns_);
      ASSERT_LE(packet.pts_ns, monotonic_ns());
      ASSERT_TRUE(i == 0 || packet.pts_ns >= journal_->packets[i - 1].pts_ns) << i;
    }
  }

  const int64_t begin_ns_ = monotonic_ns();
  const std::unique_ptr<tap_journal> journal_ = std::make_unique<tap_journal>();
  std::optional<room::Server> rooms_;
  std::unique_ptr<plugin::Host> host_;  // Destroyed before the engine: it waits for its taps.
};

TEST_P(TapTest, GetsEveryPacketOfATrackFromTheFirstToTheLast) {
  load();
  Peer& anna = add_peer();
  join(anna);
  EXPECT_EQ(journal_->opened, 1u);
  EXPECT_EQ(journal_->track, anna.session->tracks().at(0).track.value);
  EXPECT_STREQ(journal_->room, "lobby");
  EXPECT_STREQ(journal_->participant, "peer-1");
  EXPECT_STREQ(journal_->name, "Peer 1");
  EXPECT_STREQ(journal_->codec, "opus");
  EXPECT_EQ(journal_->clock_rate, 48000u);
  EXPECT_EQ(journal_->channels, 2u);
  EXPECT_EQ(journal_->payload_type, anna.client->format().payload_type);
  EXPECT_EQ(journal_->ssrc, 1001u);
  EXPECT_EQ(journal_->audio_level_extension, anna.client->format().audio_level_extension);
  ASSERT_TRUE(talk_until(anna, [&] { return packets() >= 300; }));
  run_for(100);  // Packets that are still in flight.
  anna.session->close();
  ASSERT_TRUE(run_until([&] { return closed() == 1; }));
  expect_packets(100, anna);
  EXPECT_EQ(journal_->status, VECHE_OK) << journal_->reason;
  EXPECT_EQ(journal_->dropped, 0u);
  EXPECT_EQ(journal_->ends_of_stream, 1u);
  const std::string caps = journal_->caps;
  EXPECT_EQ(caps.find("application/x-rtp, media=(string)audio, encoding-name=(string)OPUS, "
                      "clock-rate=(int)48000"),
            0u)
      << caps;
  EXPECT_NE(caps.find("ssrc=(uint)1001"), std::string::npos) << caps;
  const std::string level = "extmap-" + std::to_string(journal_->audio_level_extension);
  EXPECT_NE(caps.find(level + "=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
            std::string::npos)
      << caps;
}

TEST_P(TapTest, IsDisabledAndEnabledWhileSomebodyTalks) {
  load();
  Peer& anna = add_peer();
  join(anna);
  for (uint32_t round = 1; round <= 3; ++round) {
    const uint32_t before = packets();
    ASSERT_TRUE(talk_until(anna, [&] { return packets() >= before + 50; })) << round;
    bool disabled = false;
    host_->disable("tap", [&](const Status& status) { disabled = status.ok(); });
    ASSERT_TRUE(talk_until(anna, [&] { return disabled; })) << round;
    EXPECT_EQ(closed(), round);
    EXPECT_EQ(journal_->status, VECHE_OK) << journal_->reason;
    ASSERT_TRUE(host_->enable("tap")) << round;
    EXPECT_EQ(journal_->opened, round + 1) << "it gets the tracks that are there";
  }
}

TEST_P(TapTest, SaysWhenAPacketWasCapturedOnceTheSenderHasReported) {
  load();
  Peer& anna = add_peer();
  join(anna);
  const auto newest = [&] {
    return read([](const tap_journal& journal) {
      return journal.packet_count == 0 ? tap_packet{} : journal.packets[journal.packet_count - 1];
    });
  };
  ASSERT_TRUE(talk_until(anna, [&] { return packets() > 0; }));
  EXPECT_EQ(journal_->packets[0].capture_ns, -1);
  if (GetParam() == PathKind::Pipeline) return;  // It reads no reports.
  ASSERT_TRUE(talk_until(anna, [&] { return newest().capture_ns > 0; }));
  EXPECT_LT(std::abs(newest().capture_ns - newest().pts_ns), kNsPerS);
}

TEST_P(TapTest, BeginsAndEndsInTheMiddleOfATrack) {
  journal_->decline = 1;
  load();
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  ASSERT_TRUE(talk_until(anna, [&] { return heard(boris) > 20; }));
  EXPECT_EQ(journal_->declined, 2u);
  const uint64_t track = anna.session->tracks().at(0).track.value;
  const veche_taps& taps = *journal_->taps;
  EXPECT_EQ(taps.close(journal_->host, track), VECHE_E_GONE);
  EXPECT_EQ(taps.open(journal_->host, 1u << 30), VECHE_E_GONE);
  journal_->decline = 0;
  run_for(100);
  const uint16_t first = anna.sequence;
  ASSERT_EQ(taps.open(journal_->host, track), VECHE_OK);
  EXPECT_EQ(taps.open(journal_->host, track), VECHE_E_INVALID);
  ASSERT_TRUE(talk_until(anna, [&] { return packets() > 20; }));
  run_for(100);
  EXPECT_EQ(taps.close(journal_->host, track), VECHE_OK);
  EXPECT_EQ(closed(), 0u);
  ASSERT_TRUE(run_until([&] { return closed() == 1; }));
  expect_packets(first, anna);
  EXPECT_EQ(journal_->status, VECHE_OK);
  // The tap may start again.
  ASSERT_EQ(taps.open(journal_->host, track), VECHE_OK);
  const uint32_t before = packets();
  EXPECT_TRUE(talk_until(anna, [&] { return packets() > before + 20; }));
}

TEST_P(TapTest, MutedPacketsDoNotCome) {
  load();
  Peer& anna = add_peer();
  join(anna);
  ASSERT_TRUE(talk_until(anna, [&] { return packets() > 5; }));
  run_for(100);
  room_->set_muted(anna.participant, true);
  const uint32_t before = packets();
  talk_until(anna, [&, end = monotonic_ns() + 300 * kNsPerMs] { return monotonic_ns() > end; });
  run_for(100);
  EXPECT_EQ(packets(), before);
}

TEST_P(TapTest, APluginThatStopsInACallGetsTheEndsOfItsTapsFirstAndTheCallGoesOn) {
  load();
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  ASSERT_TRUE(talk_until(anna, [&] { return packets() > 20 && heard(boris) > 20; }));
  host_->stop();
  EXPECT_EQ(journal_->closed_at_stop, 2u);
  EXPECT_EQ(journal_->status, VECHE_OK);
  const uint32_t before = packets();
  const uint64_t heard_before = heard(boris);
  EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > heard_before + 20; }));
  EXPECT_EQ(packets(), before);
  EXPECT_EQ(boris.receiver->lost(), 0u);
}

TEST_P(TapTest, APluginThatComesInACallGetsTheTracksThatAreThere) {
  Peer& anna = add_peer();
  join(anna);
  load();
  EXPECT_EQ(journal_->opened, 1u);
  EXPECT_TRUE(talk_until(anna, [&] { return packets() > 20; }));
}

TEST_P(TapTest, AStalledElementLosesItsOwnPacketsAndNothingElse) {
  load("stall");
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  const uint16_t last = anna.sequence + 600;
  ASSERT_TRUE(talk_until(anna, [&] { return anna.sequence >= last; }));
  const uint32_t sent = anna.sequence - 100u;
  ASSERT_TRUE(run_until([&] { return anna.session->statistics().packets_received == sent; }));
  // The first one or two arrive before the first selection.
  EXPECT_TRUE(run_until([&] { return boris.receiver->packets.load() + 5 >= sent; }));
  EXPECT_EQ(boris.receiver->lost(), 0u);
  for (const LaneStatistics& lane : engine_->lanes()) EXPECT_EQ(lane.inbox_full, 0u);
  EXPECT_EQ(packets(), 0u);
  boris.session->close();  // At the same time: each is given 10 s.
  anna.session->close();
  // Control continues meanwhile.
  const int64_t closed_ns = monotonic_ns();
  ASSERT_TRUE(run_until([&] { return closed() == 2; }));
  EXPECT_GE(monotonic_ns() - closed_ns, 9 * kNsPerS);
  EXPECT_EQ(journal_->status, VECHE_OK);
  EXPECT_EQ(packets(), 0u);
  EXPECT_EQ(journal_->dropped, sent - 1);  // One has left the queue and waits at the element.
}

TEST_P(TapTest, AnErrorEndsThatTapAndSaysWhichElement) {
  load("error-after-10");
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  ASSERT_TRUE(talk_until(anna, [&] { return closed() == 1; }));
  EXPECT_EQ(journal_->status, VECHE_E_INTERNAL);
  EXPECT_STREQ(journal_->reason, "disk: the disk is full");
  const uint64_t heard_before = heard(boris);
  EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > heard_before + 20; }));
  EXPECT_EQ(boris.receiver->lost(), 0u);
  EXPECT_EQ(closed(), 1u);
}

struct Refusal {
  const char *mode, *reason;
  veche_status status;
};

TEST_P(TapTest, ElementsThatCannotBeUsedAreReportedAndTheCallGoesOn) {
  static constexpr Refusal kRefusals[] = {
      {"no-sink-pad", "the element padless has no sink pad named \"sink\"", VECHE_E_INVALID},
      {"not-floating", "track_tap.open returned something other than a floating element",
       VECHE_E_INVALID},
      {"bad-state",
       "disk: Could not open file \"/nowhere/at/all\" for writing. (system error: No such file or "
       "directory)",
       VECHE_E_INTERNAL}};
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  uint32_t expected = 0;
  for (const Refusal& refusal : kRefusals) {
    load(refusal.mode);
    expected += 2;
    ASSERT_TRUE(run_until([&] { return closed() == expected; })) << refusal.mode;
    EXPECT_EQ(journal_->status, refusal.status) << refusal.mode;
    EXPECT_STREQ(journal_->reason, refusal.reason);
    const uint64_t heard_before = heard(boris);
    EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > heard_before + 5; }));
    host_.reset();
  }
}

TEST_P(TapTest, TracksThatComeAndGoLeaveNothingBehind) {
  load();
  const auto round = [&](int64_t milliseconds) {
    Peer& peer = add_peer();
    join(peer);
    const glib::Timer microphone = loop_.every(1, [&] { send(peer); });
    run_for(milliseconds);
    peer.session->close();
  };
  const auto settle = [&] {
    ASSERT_TRUE(run_until([&] { return engine_->idle(); }));
    for (const auto& peer : peers_) leave(*peer);
    peers_.clear();
  };
  for (int i = 0; i < 3; ++i) round(20);
  settle();
  const size_t threads_before = threads();
  const size_t descriptors_before = descriptors();
  for (int i = 0; i < 10; ++i) round(i);  // Down to a tap that has not started when it ends.
  settle();
  EXPECT_EQ(read([](const tap_journal& journal) { return journal.opened; }), 13u);
  EXPECT_EQ(closed(), 13u);
  EXPECT_TRUE(run_until([&] { return threads() <= threads_before + 2; })) << threads();
  EXPECT_LE(descriptors(), descriptors_before + 4);
}

INSTANTIATE_TEST_SUITE_P(Paths, TapTest, testing::Values(PathKind::Pipeline, PathKind::Wire),
                         [](const testing::TestParamInfo<PathKind>& info) {
                           return info.param == PathKind::Wire ? "Wire" : "Pipeline";
                         });

}  // namespace
}  // namespace veche::media

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
