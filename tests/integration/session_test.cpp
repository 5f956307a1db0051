// SPDX-License-Identifier: Apache-2.0
// Sessions over real webrtcbin peers: joining, hearing, refusing, leaving at every moment.
#include "media/session.hpp"

#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <algorithm>
#include <climits>

#include "engine_fixture.hpp"

namespace {

int largest_buffer = INT_MAX;

}  // namespace

/// In place of the C library's, as on a host with a small net.core.rmem_max.
extern "C" int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
  static const auto set = reinterpret_cast<decltype(&setsockopt)>(dlsym(RTLD_NEXT, "setsockopt"));
  if (level != SOL_SOCKET || name != SO_RCVBUF) return set(fd, level, name, value, size);
  const int granted = std::min(*static_cast<const int*>(value), largest_buffer);
  return set(fd, level, name, &granted, sizeof granted);
}

namespace veche::media {
namespace {

/// The sockets of this process whose packets ask routers for that service.
size_t sockets_with_dscp(int dscp) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    int tos = 0;
    socklen_t size = sizeof tos;
    const int fd = atoi(entry.path().filename().c_str());
    if (getsockopt(fd, IPPROTO_IP, IP_TOS, &tos, &size) == 0 && tos == dscp << 2) ++count;
  }
  return count;
}

class SessionTest : public EngineFixture {
 protected:
  using EngineFixture::EngineFixture;

  /// The peer talks until the condition is true.
  template <class Condition>
  bool talk_until(Peer& talker, Condition condition) {
    const glib::Timer microphone = loop_.every(20, [&] { send(talker); });
    return run_until(condition);
  }
  /// The peer talks for so long; returns how many packets the other hears in the second half.
  uint64_t heard_while_talking(Peer& talker, const Peer& listener) {
    uint64_t before = 0;
    for (int half = 0; half < 2; ++half) {
      before = heard(listener);
      talk_until(talker,
                 [end_ns = monotonic_ns() + 300 * kNsPerMs] { return monotonic_ns() > end_ns; });
    }
    return heard(listener) - before;
  }
};

/// A server as the configuration makes it: with a warm-up, and webrtcbins that wait for an offer.
class WarmSessionTest : public SessionTest {
 protected:
  WarmSessionTest() { settings_.standby_peers = 2; }
};

TEST_P(WarmSessionTest, PeersHearEachOtherWhereverTheirWebrtcbinComesFrom) {
  Peer& talker = add_peer();
  join(talker);
  for (int i = 0; i < 3; ++i) {
    Peer& listener = add_peer();
    join(listener);
    EXPECT_TRUE(talk_until(talker, [&] { return heard(listener) > 20; }));
  }
}

class SmallBufferTest : public SessionTest {
 protected:
  void SetUp() override {
    largest_buffer = 64 * 1024;
    testing::internal::CaptureStderr();
    SessionTest::SetUp();
    said_ = testing::internal::GetCapturedStderr();
    largest_buffer = INT_MAX;
  }
  std::string said_;
};

TEST_P(SmallBufferTest, IsSaidAtTheStart) {
  EXPECT_NE(said_.find("a receive buffer of 64 KiB, not 4096: set net.core.rmem_max to 4194304"),
            std::string::npos)
      << said_;
}

TEST_P(SessionTest, TwoPeersHearEachOtherAndNotThemselves) {
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > 20; }));
  EXPECT_EQ(heard(anna), 0u);
  EXPECT_TRUE(talk_until(boris, [&] { return heard(anna) > 20; }));
  EXPECT_EQ(anna.receiver->lost(), 0u);
  EXPECT_EQ(boris.receiver->lost(), 0u);
  const SessionStatistics statistics = boris.session->statistics();
  EXPECT_GT(statistics.packets_sent, 5u);
  EXPECT_EQ(statistics.send_failures, 0u);
  EXPECT_GT(statistics.connect_ms, 0);
}

TEST_P(SessionTest, ProtectionReachesTheSlotsThatCanHaveIt) {
  Peer& talker = add_peer();
  Peer& listener = add_peer();
  join(talker);
  join(listener, [](sdp::SessionPlan& plan) {
    for (sdp::SectionPlan& section : plan.sections) {
      if (section.is_slot()) section.red_payload_type = 63;
    }
  });
  for (const SessionSlot& slot : listener.session->slots()) EXPECT_TRUE(slot.can_repeat);
  for (const SessionSlot& slot : talker.session->slots()) EXPECT_FALSE(slot.can_repeat);
  const auto repeated = [](const Peer& peer) {
    uint64_t bytes = 0;
    for (const SlotStatistics& slot : peer.session->statistics().slots) {
      bytes += slot.redundant_bytes;
    }
    return bytes;
  };
  ASSERT_TRUE(talk_until(talker, [&] { return listener.session->statistics().packets_sent > 5; }));
  EXPECT_EQ(repeated(listener), 0u);
  for (size_t slot = 0; slot < kSlots; ++slot) {
    listener.session->protect(slot, {.repeated = Protection::kMostRepeated});
  }
  EXPECT_TRUE(talk_until(talker, [&] { return repeated(listener) > 0; }));
  const TrackStatistics track = talker.session->statistics().tracks.at(0);
  EXPECT_GT(track.packets, 5u);
  EXPECT_EQ(track.bytes, 4 * track.packets);
}

TEST_P(SessionTest, VoiceAsksRoutersForExpeditedForwarding) {
  Peer& anna = add_peer();
  join(anna);
  EXPECT_GE(sockets_with_dscp(settings_.dscp), 1u);
  EXPECT_EQ(settings_.dscp, 46) << "RFC 8837, section 5";
}

TEST_P(SessionTest, TheAnswerTellsNothingOfTheServersHost) {
  Peer& anna = add_peer();
  offer(anna);
  ASSERT_TRUE(run_until([&] { return anna.answer.has_value(); }));
  ASSERT_TRUE(anna.answer->ok());
  // webrtcbin would write user@host as CNAME. The host's name itself may occur in random
  // credentials.
  const std::string& answer = **anna.answer;
  EXPECT_EQ(answer.find('@'), std::string::npos) << answer;
  size_t cnames = 0;
  for (size_t at = answer.find("cname:"); at != std::string::npos;
       at = answer.find("cname:", at + 1)) {
    EXPECT_EQ(answer.substr(at, 14), "cname:veche\r\na") << answer;
    ++cnames;
  }
  EXPECT_EQ(cnames, kSlots);
}

TEST_P(SessionTest, TheAnswerSaysIceLiteWhereTheLaneAnswers) {
  Peer& anna = add_peer();
  offer(anna);
  ASSERT_TRUE(run_until([&] { return anna.answer.has_value(); }));
  ASSERT_TRUE(anna.answer->ok());
  const std::string& answer = **anna.answer;
  const size_t lite = answer.find("a=ice-lite\r\n");
  if (GetParam() == PathKind::Pipeline) {
    EXPECT_EQ(lite, std::string::npos);
    return;
  }
  // RFC 8839 section 5.3: at session level, once.
  EXPECT_LT(lite, answer.find("\r\nm="));
  EXPECT_EQ(answer.find("a=ice-lite", lite + 1), std::string::npos);
  const std::string port = std::to_string(engine_->lanes().at(0).port);
  EXPECT_NE(answer.find(" 127.0.0.1 " + port + " typ host"), std::string::npos) << answer;
}

TEST_P(SessionTest, AFlippedFingerprintIsRefusedBeforeAnyPacketCounts) {
  Peer& anna = add_peer();
  Peer& mallory = add_peer();
  join(anna);
  offer(mallory, [](sdp::SessionPlan& plan) { plan.fingerprints[0].value[0] ^= 1; });
  ASSERT_TRUE(run_until([&] { return mallory.answer.has_value(); }));
  on_worker([&] { ASSERT_TRUE(mallory.client->set_answer(**mallory.answer)); });
  ASSERT_TRUE(run_until([&] { return mallory.ended.has_value(); }));
  EXPECT_EQ(*mallory.ended, SessionEnd::BadFingerprint);
  EXPECT_FALSE(mallory.connected);
  EXPECT_EQ(heard(anna), 0u);
}

TEST_P(SessionTest, AnSsrcThatChangesInMidCallIsHeardOnPastTheNinth) {
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  for (Peer* peer : {&anna, &boris}) join(*peer);
  ASSERT_TRUE(talk_until(anna, [&] { return heard(boris) > 5; }));
  for (uint32_t source = 0x10000; source < 0x10000 + 12; ++source) {
    const uint64_t heard_before = heard(boris);
    const glib::Timer microphone = loop_.every(20, [&] { send(anna, source); });
    ASSERT_TRUE(run_until([&] { return heard(boris) > heard_before + 3; })) << source;
  }
  EXPECT_FALSE(anna.ended.has_value());
}

TEST_P(SessionTest, AMutedParticipantIsNotHeardAndIsHeardAgain) {
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  join(anna);
  join(boris);
  ASSERT_TRUE(talk_until(anna, [&] { return heard(boris) > 5; }));
  room_->set_muted(anna.participant, true);
  ASSERT_TRUE(talk_until(
      anna, [&, end = monotonic_ns() + 300 * kNsPerMs] { return monotonic_ns() > end; }));
  const uint64_t muted_at = heard(boris);
  ASSERT_TRUE(talk_until(
      anna, [&, end = monotonic_ns() + 500 * kNsPerMs] { return monotonic_ns() > end; }));
  EXPECT_EQ(heard(boris), muted_at);
  room_->set_muted(anna.participant, false);
  EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > muted_at + 5; }));
}

TEST_P(SessionTest, AParticipantThatMayNotListenHearsNothingUntilItMay) {
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  room_->set_listening(boris.participant, false);
  join(anna);
  join(boris);
  EXPECT_EQ(heard_while_talking(anna, boris), 0u);
  room_->set_listening(boris.participant, true);
  ASSERT_TRUE(talk_until(anna, [&] { return heard(boris) > 5; }));
  room_->set_listening(boris.participant, false);
  EXPECT_EQ(heard_while_talking(anna, boris), 0u) << "in mid-call";
  EXPECT_FALSE(boris.ended.has_value());
}

TEST_P(SessionTest, AParticipantThatMayNotPublishIsHeardWhenItMay) {
  Peer& anna = add_peer();
  Peer& boris = add_peer();
  anna.may_publish = false;
  join(anna);
  join(boris);
  EXPECT_TRUE(anna.session->tracks().empty());
  EXPECT_EQ(heard_while_talking(anna, boris), 0u);
  anna.session->publish();
  EXPECT_EQ(anna.session->tracks().size(), 1u);
  EXPECT_TRUE(talk_until(anna, [&] { return heard(boris) > 5; }));
}

TEST_P(SessionTest, LeavingAtAnyMomentLeavesNothingBehind) {
  std::minstd_rand random(7);
  const auto round = [&] {
    Peer& peer = add_peer();
    ASSERT_NE(peer.client, nullptr);
    offer(peer);
    switch (random() % 4) {
      case 0: break;  // Before the answer.
      case 1: run_until([&] { return peer.answer.has_value(); }); break;
      case 2:  // In the middle of ICE or DTLS.
        ASSERT_TRUE(run_until([&] { return peer.answer.has_value(); }));
        on_worker([&] { (void)peer.client->set_answer(**peer.answer); });
        run_for(static_cast<int64_t>(random() % 60));
        break;
      default:
        ASSERT_TRUE(run_until([&] { return peer.answer.has_value(); }));
        on_worker([&] { (void)peer.client->set_answer(**peer.answer); });
        ASSERT_TRUE(run_until([&] { return peer.connected; }));
    }
    leave(peer);
    peers_.clear();
  };
  for (int i = 0; i < 5; ++i) round();  // One-time allocations: caches, thread pools.
  ASSERT_TRUE(run_until([&] { return engine_->idle(); }));
  const size_t threads_before = threads();
  const size_t descriptors_before = descriptors();
  for (int i = 0; i < 40; ++i) round();
  ASSERT_TRUE(run_until([&] { return engine_->idle(); }));
  // GLib's thread pools keep a few idle threads for a while.
  EXPECT_TRUE(run_until([&] { return threads() <= threads_before + 2; })) << threads();
  EXPECT_TRUE(run_until([&] { return descriptors() <= descriptors_before + 4; })) << descriptors();
}

TEST_P(SessionTest, OneThatPostsOffersInALoopKeepsNobodyWaiting) {
  Peer& eve = add_peer();
  Peer& anna = add_peer();
  for (int i = 0; i < 50; ++i) {
    if (eve.session) eve.session->close();
    offer(eve);
  }
  offer(anna);
  uint64_t abandoned = 0;
  MetricSink sink([&](const MetricSample& sample) {
    if (std::string(sample.name) == "veche_offers_abandoned_total") {
      abandoned = static_cast<uint64_t>(sample.value);
    }
  });
  engine_->put_metrics(sink);
  EXPECT_EQ(abandoned, 48u) << "the first had begun, the newest waits";
  ASSERT_TRUE(run_until([&] { return eve.answer && anna.answer; }));
  EXPECT_TRUE(eve.answer->ok());
  EXPECT_TRUE(anna.answer->ok());
}

class ShortTimeoutTest : public SessionTest {
 protected:
  ShortTimeoutTest() : SessionTest(2) {}
};

TEST_P(ShortTimeoutTest, APeerThatNeverConnectsIsRemoved) {
  Peer& peer = add_peer();
  offer(peer);
  ASSERT_TRUE(run_until([&] { return peer.ended.has_value(); }));
  EXPECT_EQ(*peer.ended, SessionEnd::PeerTimeout);
}

TEST_P(ShortTimeoutTest, APeerThatFallsSilentIsRemoved) {
  Peer& peer = add_peer();
  join(peer);
  on_worker([&] { peer.client.reset(); });
  ASSERT_TRUE(run_until([&] { return peer.ended.has_value(); }));
  EXPECT_EQ(*peer.ended, SessionEnd::PeerTimeout);
}

std::string name_of(const testing::TestParamInfo<PathKind>& info) {
  return info.param == PathKind::Wire ? "Wire" : "Pipeline";
}
INSTANTIATE_TEST_SUITE_P(Paths, SessionTest, testing::Values(PathKind::Pipeline, PathKind::Wire),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Wire, SmallBufferTest, testing::Values(PathKind::Wire));
INSTANTIATE_TEST_SUITE_P(Paths, WarmSessionTest,
                         testing::Values(PathKind::Pipeline, PathKind::Wire), name_of);
INSTANTIATE_TEST_SUITE_P(Paths, ShortTimeoutTest,
                         testing::Values(PathKind::Pipeline, PathKind::Wire), name_of);

}  // namespace
}  // namespace veche::media

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
