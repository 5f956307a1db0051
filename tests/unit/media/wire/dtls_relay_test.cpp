// SPDX-License-Identifier: Apache-2.0
// The relay's thread: the recipients of messages, and what it drops under load.
#include "media/wire/dtls_relay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "agent_end.hpp"
#include "wire_port_fixture.hpp"

namespace veche::media {
namespace {

using test::AgentEnd;
using testing::ElementsAre;
using testing::IsEmpty;
using Bytes = std::vector<uint8_t>;

class DtlsRelayTest : public testing::Test {
 protected:
  /// When it returns, the last message before it has been delivered.
  void flush() {
    relay_.post(kLast, Bytes{20, 0});
    last_.take();
  }
  DtlsRelayTest() { relay_.add(kLast, last_.agent()); }

  static constexpr SessionId kAnna{1'000'001}, kBoris{1'000'002}, kNobody{1'000'003},
      kLast{1'000'004};
  AgentEnd anna_, boris_, last_;
  DtlsRelay relay_;
};

TEST_F(DtlsRelayTest, BringsEachSessionItsDatagramsInOrder) {
  relay_.add(kAnna, anna_.agent());
  relay_.add(kBoris, boris_.agent());
  relay_.post(kAnna, Bytes{22, 1});
  relay_.post(kBoris, Bytes{22, 2});
  relay_.post(kAnna, Bytes(DtlsRelay::kMaxDatagram, 23));
  EXPECT_EQ(anna_.take(), (Bytes{22, 1}));
  EXPECT_EQ(anna_.take(), Bytes(DtlsRelay::kMaxDatagram, 23));
  EXPECT_EQ(boris_.take(), (Bytes{22, 2}));
  EXPECT_EQ(relay_.dropped.value(), 0u);
}

TEST_F(DtlsRelayTest, TellsTheAgentOnceThatItIsConnected) {
  relay_.add(kAnna, anna_.agent());
  relay_.post_connected(kAnna);
  flush();
  EXPECT_THAT(anna_.states(), ElementsAre(GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING,
                                          GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED,
                                          GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED));
  EXPECT_THAT(last_.states(), IsEmpty());
}

TEST_F(DtlsRelayTest, IgnoresWhatIsForSessionsThatItDoesNotKnow) {
  relay_.add(kAnna, anna_.agent());
  relay_.post(kNobody, Bytes{22});
  relay_.post_connected(kNobody);
  relay_.remove(kNobody);
  flush();
  EXPECT_EQ(anna_.waiting(), 0u);
  EXPECT_THAT(anna_.states(), IsEmpty());
  EXPECT_EQ(relay_.dropped.value(), 0u);
}

TEST_F(DtlsRelayTest, BringsNothingToARemovedSession) {
  relay_.add(kAnna, anna_.agent());
  relay_.remove(kAnna);
  EXPECT_EQ(anna_.agent().use_count(), 1) << "the relay has let go";
  relay_.post(kAnna, Bytes{22});
  relay_.post_connected(kAnna);
  flush();
  EXPECT_EQ(anna_.waiting(), 0u);
  EXPECT_THAT(anna_.states(), IsEmpty());
}

TEST_F(DtlsRelayTest, RemovesNobodyInTheMiddleOfADelivery) {
  std::atomic<bool> blocked{true}, started{false};
  relay_.add(kAnna, anna_.agent());
  anna_.block(true);
  relay_.post(kAnna, Bytes{22});
  anna_.wait_for_delivery();
  relay_.remove(kBoris);  // Others need not wait.
  bool removed_too_early = false;
  std::thread remover([&] {
    started = true;
    relay_.remove(kAnna);
    removed_too_early = blocked.load();
  });
  while (!started.load()) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  blocked = false;
  anna_.block(false);
  remover.join();
  EXPECT_FALSE(removed_too_early);
  EXPECT_EQ(anna_.waiting(), 1u);
  EXPECT_EQ(anna_.agent().use_count(), 1);
}

TEST_F(DtlsRelayTest, DropsAndCountsWhatIsNoDatagramOfDtls) {
  relay_.add(kAnna, anna_.agent());
  relay_.post(kAnna, {});
  relay_.post(kAnna, Bytes(DtlsRelay::kMaxDatagram + 1, 22));
  flush();
  EXPECT_EQ(anna_.waiting(), 0u);
  EXPECT_THAT(anna_.states(), IsEmpty());
  EXPECT_EQ(relay_.dropped.value(), 2u);
}

TEST_F(DtlsRelayTest, DropsAndCountsTooManyButTellsWhoIsConnected) {
  relay_.add(kAnna, anna_.agent());
  relay_.add(kBoris, boris_.agent());
  anna_.block(true);
  constexpr size_t kPosted = 3000;
  for (size_t i = 0; i < kPosted; ++i) relay_.post(kAnna, Bytes{22});
  const uint64_t dropped = relay_.dropped.value();
  EXPECT_GT(dropped, kPosted - 1024);
  EXPECT_LT(dropped, kPosted);
  relay_.post_connected(kBoris);
  EXPECT_EQ(relay_.dropped.value(), dropped) << "there is a reserve";
  anna_.block(false);
  for (size_t i = 0; i < kPosted - dropped; ++i) EXPECT_EQ(anna_.take(), Bytes{22});
  flush();
  EXPECT_EQ(anna_.waiting(), 0u);
  EXPECT_EQ(boris_.states().size(), 3u);
}

TEST_F(DtlsRelayTest, EndsWhileThereIsSomethingToDo) {
  for (int round = 0; round < 50; ++round) {
    DtlsRelay relay;
    relay.add(kAnna, anna_.agent());
    for (int i = 0; i < 100; ++i) relay.post(kAnna, Bytes{22});
  }
  EXPECT_EQ(anna_.agent().use_count(), 1);
}

class WirePortRelayTest : public WirePortTest {};

TEST_F(WirePortRelayTest, DtlsBeginsWithTheFirstNominationAndIsBroughtToWebrtcbin) {
  AgentEnd end;
  Session session = add_session();
  relay_.add(session.id, end.agent());
  const auto client = make_client();
  bind(*client, session, false);
  const Bytes hello(60, 22);
  receive(*client, hello);
  EXPECT_EQ(end.take(), hello);
  EXPECT_THAT(end.states(), IsEmpty()) << "there is no way back yet";
  bind(*client, session, true);
  receive(*client, Bytes(61, 22));
  EXPECT_EQ(end.take(), Bytes(61, 22));
  EXPECT_EQ(end.states().size(), 3u);
  bind(*client, session, true);
  receive(*client, hello);
  EXPECT_EQ(end.take(), hello);
  EXPECT_EQ(end.states().size(), 3u) << "once";
  relay_.remove(session.id);
}

}  // namespace
}  // namespace veche::media
