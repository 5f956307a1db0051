// SPDX-License-Identifier: Apache-2.0
// The agent alone, and as webrtcbin's: credentials, candidates, and leaks at the end.
#include "media/wire/ice_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "agent_end.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/peer/negotiation.hpp"
#include "media/wire/dtls_relay.hpp"

namespace veche::media {
namespace {

using test::AgentEnd;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Bytes = std::vector<uint8_t>;

constexpr const char* kCandidates[] = {"candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host",
                                       "candidate:2 1 UDP 2130706175 2001:db8::7 4000 typ host"};

sdp::SessionPlan read_plan(const std::string& name) {
  std::ifstream file(std::string(VECHE_OFFERS) + "/" + name + ".sdp", std::ios::binary);
  const std::string offer{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto plan = sdp::check_offer(offer, {});
  EXPECT_TRUE(plan) << plan.error().message;
  return std::move(*plan);
}

std::vector<rtp::SlotFormat> slots_of(const sdp::SessionPlan& plan) {
  std::vector<rtp::SlotFormat> slots;
  for (const sdp::SectionPlan& section : plan.sections) {
    if (!section.is_slot()) continue;
    slots.emplace_back().ssrc = static_cast<uint32_t>(200 + slots.size());
  }
  return slots;
}

std::string attribute(const std::string& sdp, const std::string& name) {
  const size_t begin = sdp.find("a=" + name + ":");
  if (begin == std::string::npos) return {};
  const size_t value = begin + name.size() + 3;
  return sdp.substr(value, sdp.find_first_of("\r\n", value) - value);
}

std::shared_ptr<IceAgent> make_agent(std::vector<std::string> candidates) {
  std::shared_ptr<IceAgent> agent = *IceAgent::create();
  agent->serve(std::move(candidates), [](std::span<const uint8_t>) {});
  return agent;
}

class IceAgentTest : public testing::Test {
 protected:
  IceAgentTest() {
    gst_init(nullptr, nullptr);
    agent_ = make_agent({std::begin(kCandidates), std::end(kCandidates)});
  }
  void make_webrtc() {
    GObject* object = agent_->take_object();
    g_object_add_weak_pointer(object, &object_);
    object_ = object;
    auto made =
        glib::WebrtcBin::create({[](glib::PeerState) {}, [](const std::string&) {}}, object);
    ASSERT_TRUE(made) << made.error().message;
    webrtc_ = std::move(*made);
    bin_ = webrtc_->get();
    g_object_add_weak_pointer(G_OBJECT(webrtc_->get()), &bin_);
    ASSERT_TRUE(webrtc_->play());
  }
  Result<std::string> answer(const sdp::SessionPlan& plan) {
    return answer_offer(*webrtc_, plan, slots_of(plan), [] { return Status(Ok{}); });
  }
  /// Both release it, and nothing is left.
  void expect_nothing_left() {
    webrtc_.reset();
    EXPECT_EQ(bin_, nullptr) << "webrtcbin lives";
    EXPECT_EQ(object_, nullptr) << "the GstWebRTCICE lives";
    const std::weak_ptr<IceAgent> weak = agent_;
    agent_.reset();
    EXPECT_TRUE(weak.expired());
  }

  std::shared_ptr<IceAgent> agent_;  // Shared with webrtcbin.
  std::unique_ptr<glib::WebrtcBin> webrtc_;
  gpointer object_ = nullptr, bin_ = nullptr;  // Null when they are freed.
};

TEST_F(IceAgentTest, HasNoCredentialsBeforeTheDescriptions) {
  EXPECT_EQ(agent_->credentials().error().code, ErrorCode::PreconditionFailed);
  agent_->set_local("abcd", "password");
  EXPECT_EQ(agent_->credentials().error().code, ErrorCode::PreconditionFailed);
  agent_->set_remote("efgh");
  const auto credentials = agent_->credentials();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->local_ufrag, "abcd");
  EXPECT_EQ(credentials->local_password, "password");
  EXPECT_EQ(credentials->remote_ufrag, "efgh");
  agent_->set_remote(nullptr);
  EXPECT_FALSE(agent_->credentials());
}

TEST_F(IceAgentTest, IsFreedWithoutWebrtcbin) {
  const std::weak_ptr<IceAgent> weak = agent_;
  GObject* object = agent_->take_object();
  agent_.reset();
  EXPECT_FALSE(weak.expired()) << "the object holds it";
  g_object_unref(object);
  EXPECT_TRUE(weak.expired());
}

TEST_F(IceAgentTest, GivesWebrtcbinItsCandidatesAndTakesItsCredentials) {
  make_webrtc();
  const sdp::SessionPlan plan = read_plan("chromium");
  const auto answered = answer(plan);
  ASSERT_TRUE(answered) << answered.error().message;
  for (const char* candidate : kCandidates) {
    EXPECT_THAT(*answered, HasSubstr(std::string("a=") + candidate));
  }
  const auto credentials = agent_->credentials();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->local_ufrag, attribute(*answered, "ice-ufrag"));
  EXPECT_EQ(credentials->local_password, attribute(*answered, "ice-pwd"));
  EXPECT_EQ(credentials->remote_ufrag, attribute(plan.offer, "ice-ufrag"));
  EXPECT_GE(credentials->local_password.size(), 22u);
  expect_nothing_left();
}

TEST_F(IceAgentTest, AnswersTheOffersOfAllClients) {
  for (const char* name : {"chromium", "chromium-max-bundle", "firefox-video-data", "aiortc",
                           "webrtcbin", "webrtcbin-video-data"}) {
    agent_ = make_agent({kCandidates[0]});
    make_webrtc();
    const auto answered = answer(read_plan(name));
    EXPECT_TRUE(answered) << name << ": " << answered.error().message;
    EXPECT_TRUE(agent_->credentials()) << name;
    expect_nothing_left();
  }
}

TEST_F(IceAgentTest, LeavesNothingBehindInTheMiddleOfTheHandshake) {
  make_webrtc();
  ASSERT_TRUE(answer(read_plan("chromium")));
  agent_->connected();
  agent_->receive(Bytes(100, 22));
  expect_nothing_left();
}

TEST_F(IceAgentTest, LeavesNothingBehindBeforeTheAnswer) {
  make_webrtc();
  expect_nothing_left();
}

TEST_F(IceAgentTest, OutlivesWebrtcbin) {
  make_webrtc();
  ASSERT_TRUE(answer(read_plan("chromium")));
  webrtc_.reset();
  EXPECT_TRUE(agent_->credentials());
}

TEST_F(IceAgentTest, IsLeftAloneByTheRelayOnceItIsRemoved) {
  constexpr SessionId kSession{1};
  DtlsRelay relay;
  for (int round = 0; round < 20; ++round) {
    agent_ = make_agent({kCandidates[0]});
    make_webrtc();
    ASSERT_TRUE(answer(read_plan("chromium")));
    relay.add(kSession, agent_);
    for (int i = 0; i < 5; ++i) {
      relay.post_connected(kSession);
      relay.post(kSession, Bytes(100, 22));
    }
    relay.remove(kSession);
    expect_nothing_left();
  }
}

TEST(IceAgentSending, LetsOutDtlsAlone) {
  AgentEnd end;
  end.send(Bytes(13, 20));
  end.send(Bytes(100, 63));
  for (const uint8_t first : {0, 1, 19, 64, 127, 128, 200}) end.send(Bytes(100, first));
  end.send(Bytes(12, 22));
  EXPECT_THAT(end.sent(), ElementsAre(Bytes(13, 20), Bytes(100, 63)));
}

TEST(IceAgentSending, FallsSilent) {
  AgentEnd end;
  end.agent()->fall_silent();
  end.send(Bytes(100, 22));
  EXPECT_THAT(end.sent(), IsEmpty());
}

}  // namespace
}  // namespace veche::media
