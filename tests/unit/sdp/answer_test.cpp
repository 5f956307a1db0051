// SPDX-License-Identifier: Apache-2.0
// Tests of what is read from webrtcbin's answer and changed in it.
#include "sdp/answer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace veche::sdp {
namespace {

const std::string kSession = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\na=group:BUNDLE mic ear\r\n";
const std::string kTransport =
    "a=ice-ufrag:s\r\na=ice-pwd:p\r\na=fingerprint:f\r\na=setup:active\r\n";
const std::string kMic = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:mic\r\n" + kTransport;
const std::string kEar = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:ear\r\n";

SectionPlan used(const std::string& mid) {
  SectionPlan section;
  section.mid = mid;
  section.use = SectionUse::Track;
  return section;
}

SectionPlan refused(const std::string& mid, const std::string& media) {
  SectionPlan section;
  section.mid = mid;
  section.refused_media = media;
  return section;
}

const SectionPlan kCam = refused("cam", "video 0 UDP/TLS/RTP/SAVPF 96 97");
const std::string kCamAnswer =
    "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:cam\r\na=inactive\r\n" +
    kTransport;
const SectionPlan kData = refused("d", "application 0 UDP/DTLS/SCTP webrtc-datachannel");
const std::string kDataAnswer =
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:d\r\n"
    "a=inactive\r\n" +
    kTransport;

struct Restored {
  std::vector<SectionPlan> plan;
  std::string answer, expected;
};

TEST(SdpAnswer, PutsRefusedSectionsBackAtTheirPlaces) {
  const Restored cases[] = {
      {{used("mic"), used("ear")}, kMic + kEar, kMic + kEar},
      {{kCam, used("mic"), used("ear")}, kMic + kEar, kCamAnswer + kMic + kEar},
      {{used("mic"), kCam, used("ear")}, kMic + kEar, kMic + kCamAnswer + kEar},
      {{used("mic"), used("ear"), kData}, kMic + kEar, kMic + kEar + kDataAnswer},
      {{kCam, used("mic"), kCam, kData, used("ear"), kData},
       kMic + kEar,
       kCamAnswer + kMic + kCamAnswer + kDataAnswer + kEar + kDataAnswer},
  };
  for (const Restored& each : cases) {
    SessionPlan plan;
    plan.sections = each.plan;
    EXPECT_EQ(restore_sections(kSession + each.answer, plan), kSession + each.expected);
  }
}

TEST(SdpAnswer, RepeatsTheProtocolOfEachSection) {
  SessionPlan plan;
  plan.sections = {used("mic"), used("ear")};
  plan.sections[0].protocol = "RTP/SAVPF";
  plan.sections[1].protocol = "UDP/TLS/RTP/SAVP";
  EXPECT_EQ(restore_sections(kSession + kMic + kEar, plan),
            kSession + "m=audio 9 RTP/SAVPF 111\r\na=mid:mic\r\n" + kTransport +
                "m=audio 9 UDP/TLS/RTP/SAVP 111\r\na=mid:ear\r\n");
}

TEST(SdpAnswer, HasRedundantOpusWhereTheClientHasIt) {
  const std::string lines = "a=mid:mic\r\na=rtpmap:111 OPUS/48000/2\r\n";
  SessionPlan plan;
  plan.sections = {used("mic")};
  plan.sections[0].codec.payload_type = 111;
  const auto answer = [&] {
    return restore_sections(kSession + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + lines, plan);
  };
  EXPECT_EQ(answer(), kSession + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + lines);
  const std::string with_red =
      "a=mid:mic\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"
      "a=rtpmap:111 OPUS/48000/2\r\n";
  plan.sections[0].red_payload_type = 63;
  EXPECT_EQ(answer(), kSession + "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n" + with_red);
  plan.sections[0].prefers_red = true;
  EXPECT_EQ(answer(), kSession + "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n" + with_red);
}

TEST(SdpAnswer, GivesTheCandidatesToTheClientsTag) {
  const std::string candidates =
      "a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\na=end-of-candidates\r\n";
  SessionPlan plan;
  plan.sections = {used("mic"), kCam, used("ear")};
  plan.bundle = {"mic", "ear"};
  const std::string answer = kSession + kMic + candidates + kEar;
  EXPECT_EQ(restore_sections(answer, plan), kSession + kMic + candidates + kCamAnswer + kEar);
  plan.bundle = {"ear", "mic"};
  std::string session = kSession;
  session.replace(session.find("mic ear"), 7, "ear mic");
  EXPECT_EQ(restore_sections(answer, plan), session + kMic + kCamAnswer + kEar + candidates);
}

TEST(SdpAnswer, HasNoGroupWhereTheOfferHasNone) {
  SessionPlan plan;
  plan.sections = {used("mic"), kCam};
  plan.bundle = {"mic"};
  plan.has_group = false;
  std::string session = kSession;
  session.erase(session.find("a=group"));
  EXPECT_EQ(restore_sections(kSession + kMic, plan), session + kMic + kCamAnswer);
}

TEST(SdpAnswer, KeepsTheClientsTagAsInactive) {
  const std::string candidates = "a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\n";
  SessionPlan plan;
  plan.sections = {kCam, used("mic"), used("ear")};
  plan.sections[0].kept_media = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n";
  plan.bundle = {"cam", "mic", "ear"};
  std::string session = kSession;
  session.replace(session.find("mic ear"), 7, "cam mic ear");
  EXPECT_EQ(restore_sections(kSession + kMic + candidates + kEar, plan),
            session + plan.sections[0].kept_media + "a=mid:cam\r\na=inactive\r\n" + kTransport +
                candidates + kMic + kEar);
}

TEST(SdpAnswer, WithFewerSectionsThanThePlanEndsWhereItEnds) {
  SessionPlan plan;
  plan.sections = {used("mic"), used("ear"), used("more")};
  EXPECT_EQ(restore_sections(kSession + kMic, plan), kSession + kMic);
  EXPECT_EQ(restore_sections("", plan), "");
}

TEST(SdpAnswer, SaysIceLiteOnceInTheSessionPart) {
  EXPECT_EQ(say_lite(kSession + kMic + kEar), kSession + "a=ice-lite\r\n" + kMic + kEar);
  EXPECT_EQ(say_lite(kSession), kSession) << "there is nothing that it would be true of";
}

struct Answer {
  std::string text;
  bool expected;
};

TEST(SdpAnswer, HasCandidatesWhereALineSaysSo) {
  const std::string candidate = "a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\n";
  const Answer cases[] = {
      {kSession + kMic + kEar, false},
      {kSession + kMic + candidate + kEar, true},
      {kSession + kMic + kEar + candidate, true},
      {"", false},
      {candidate, true},
      {"s=a=candidate:1\r\n", false},
      {"a=x-google:a=candidate:\r\n", false},
  };
  for (const Answer& each : cases) EXPECT_EQ(has_candidates(each.text), each.expected) << each.text;
}

TEST(SdpAnswer, IsOfADtlsClientIfItsSetupIsActive) {
  const Answer cases[] = {
      {kSession + kMic, true},
      {"a=setup:active", true},
      {"a=setup:active\n", true},
      {"a=setup:passive\r\n", false},
      {"a=setup:actpass\r\n", false},
      {"a=setup:active-not\r\n", false},
      {"s=a=setup:active\r\n", false},
      {kSession + kEar, false},
      {"", false},
  };
  for (const Answer& each : cases) EXPECT_EQ(is_dtls_client(each.text), each.expected) << each.text;
}

}  // namespace
}  // namespace veche::sdp
