// SPDX-License-Identifier: Apache-2.0
// Tests of the SDP profile on one small offer: refusals with their reasons, and normalisation.
#include "sdp/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kFingerprint =
    "sha-256 "
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:"
    "FF";

std::string offer() {
  return std::string(
             "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE mic ear\r\n"
             "a=fingerprint:") +
         kFingerprint +
         "\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=mid:mic\r\na=sendonly\r\n"
         "a=rtcp-mux\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n"
         "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
         "a=rtcp-fb:111 transport-cc\r\na=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
         "a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on\r\n"
         "a=extmap:3 "
         "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
         "a=ssrc:1000 cname:x\r\na=candidate:1 1 udp 100 127.0.0.1 4000 typ host\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:ear\r\na=recvonly\r\n"
         "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
}

/// The offer with the first occurrence of `from` replaced, or with `to` at its end if `from` is
/// empty.
std::string edited(const std::string& from, const std::string& to) {
  std::string text = offer();
  const size_t found = from.empty() ? text.size() : text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return text.replace(found, from.size(), to);
}

std::string repeated(const std::string& line, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line;
  return text;
}

/// Different ones of sha-256.
std::string many_fingerprints(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "a=fingerprint:sha-256 " + std::to_string(10 + i) + (kFingerprint + 10) + "\r\n";
  }
  return text;
}

struct BadOffer {
  std::string from, to, reason;
};

std::vector<BadOffer> bad_offers() {
  const std::string mic = "a=mid:mic\r\n";
  const std::string fingerprint = std::string("a=fingerprint:") + kFingerprint + "\r\n";
  return {
      {"v=0", "v=1", "line 1 of the offer must be v=0"},
      {"s=-", "s=\x01", "line 3 of the offer holds a control character"},
      {"s=-\r\n", "\r\n", "line 3 of the offer is not of the form"},
      {"s=-", "x=-", "line 3 of the offer is not of the form"},
      {"m=audio 9 ", "m=audio 65536 ", "line 7 of the offer is not m="},
      {"m=audio 9 ", "m=audio 9/2 ", "line 7 of the offer is not m="},
      {"SAVPF 111 0", "SAVPF", "line 7 of the offer is not m="},
      {mic, "", "m-line 0 (audio): no a=mid"},
      {mic, mic + mic, "m-line 0 (audio): more than one a=mid"},
      {"a=mid:mic", "a=mid:", "m-line 0 (audio): a=mid must be a token"},
      {"a=mid:mic", "a=mid:m i", "m-line 0 (audio): a=mid must be a token"},
      {"a=mid:mic", "a=mid:12345678901234567", "m-line 0 (audio): a=mid must be a token"},
      {"a=mid:ear", "a=mid:mic", "m-line 1 (audio): mid mic belongs to another m-line"},
      {"a=sendonly", "a=sendonly\r\na=recvonly", "m-line 0 (audio): more than one direction"},
      {"a=group:BUNDLE mic ear\r\n", "", "no a=group:BUNDLE"},
      {"a=group:BUNDLE mic ear", "a=group:BUNDLE mic\r\na=group:BUNDLE ear",
       "more than one a=group:BUNDLE"},
      {"BUNDLE mic ear", "BUNDLE", "m-line 0 (audio): not in a=group:BUNDLE"},
      {"BUNDLE mic ear", "BUNDLE mic", "m-line 1 (audio): not in a=group:BUNDLE"},
      {"BUNDLE mic ear", "BUNDLE mic ear x", "names a mid that no m-line has"},
      {"BUNDLE mic ear", "BUNDLE mic mic ear", "names a mid twice"},
      {"UDP/TLS/RTP/SAVPF", "UDP/TLS/UDPTL",
       "m-line 0 (audio): the protocol must be UDP/TLS/RTP/SAVPF"},
      {"a=rtcp-mux\r\n", "", "m-line 0 (audio): no a=rtcp-mux"},
      {"opus/48000/2", "opus/48000", "m-line 0 (audio): no opus/48000/2"},
      {"a=rtpmap:111 ", "a=rtpmap:112 ", "m-line 0 (audio): no opus/48000/2"},
      {"a=extmap:1 ", "a=extmap:x ", "m-line 0 (audio): malformed a=extmap"},
      {"a=extmap:1 ", "a=extmap:2 ", "m-line 0 (audio): a=extmap id 2 has two meanings"},
      {"", "a=extmap:1 urn:other\r\n", "m-line 1 (audio): a=extmap id 1 has two meanings"},
      {"a=ssrc:1000", "a=ssrc:0", "m-line 0 (audio): the SSRC of an a=ssrc must be 1 to"},
      {"a=ssrc:1000", "a=ssrc:4294967296", "m-line 0 (audio): the SSRC of an a=ssrc must be 1 to"},
      {"a=ssrc:1000", "a=ssrc:", "m-line 0 (audio): the SSRC of an a=ssrc must be 1 to"},
      {"", "a=ssrc:1000 cname:x\r\n", "m-line 1 (audio): SSRC 1000 belongs to another m-line"},
      {"", "a=ssrc:1\r\na=ssrc:2\r\na=ssrc:3\r\na=ssrc:4\r\na=ssrc:5\r\n", "more than 4 SSRCs"},
      {fingerprint, "", "m-line 0 (audio): no a=finger"},
      {fingerprint, many_fingerprints(17), "session level: more than 16 fingerprints"},
      {"sha-256", "sha-1", "session level: a=fingerprint must be sha-256, sha-384 or sha-512"},
      {":EE:FF\r\n", ":EE\r\n", "session level: a=fingerprint has not the bytes"},
      {"00:11", "0x:11", "session level: a=fingerprint has not the bytes"},
      {"00:11", "00-11", "session level: a=fingerprint has not the bytes"},
      {"s=-\r\n", "s=-\r\na=fingerprint:SHA-512 00\r\n",
       "session level: a=fingerprint has not the bytes"},
      {"", std::string("a=fingerprint:sha-256 FF") + (kFingerprint + 10) + "\r\n",
       "m-line 1 (audio): a=fingerprint differs"},
      {"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n", "", "no a=ice-ufrag and"},
      {"a=ice-ufrag:abcd\r\n", "", "a=ice-ufrag and a=ice-pwd must come together"},
      {"ice-ufrag:abcd", "ice-ufrag:abc", "a=ice-ufrag must be 4 to 256"},
      {"ice-ufrag:abcd", "ice-ufrag:ab cd", "a=ice-ufrag must be 4 to 256"},
      {"ice-ufrag:abcd", "ice-ufrag:" + std::string(257, 'a'), "a=ice-ufrag must be 4 to 256"},
      {"tuv\r\n", "tu\r\n", "a=ice-pwd must be 22 to 256"},
      {"", "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n", "m-line 1 (audio): a=ice-pwd must be 22"},
      {"s=-\r\n", "s=-\r\na=ice-lite\r\n", "a=ice-lite"},
      {"a=setup:actpass\r\n", "", "m-line 0 (audio): no a=setup"},
      {"setup:actpass", "setup:holdconn", "a=setup must be actpass, active or passive"},
      {"", "a=setup:active\r\n", "m-line 1 (audio): a=setup differs"},
      {"", repeated("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 200), "more than 64 m-lines"},
  };
}

TEST(SdpProfile, RefusesWhatIsOutsideWithAReason) {
  ASSERT_TRUE(check_offer(offer(), {}).ok());
  for (const BadOffer& bad : bad_offers()) {
    const auto plan = check_offer(edited(bad.from, bad.to), {});
    ASSERT_FALSE(plan.ok()) << bad.reason;
    EXPECT_EQ(plan.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(plan.error().message, HasSubstr(bad.reason));
  }
}

TEST(SdpProfile, RefusesWhatIsNotSdpAtAll) {
  const std::string binary("\x16\xfe\xff\x00\x00\xff\n\x00", 8);
  for (const std::string& text : {std::string(), std::string("\n"), binary, std::string("v=0")}) {
    EXPECT_FALSE(check_offer(text, {}).ok());
  }
  const auto huge = check_offer(offer() + std::string(1 << 20, 'a'), {});
  ASSERT_FALSE(huge.ok());
  EXPECT_THAT(huge.error().message, HasSubstr("at most 65536 are allowed"));
}

TEST(SdpProfile, RefusesMoreTracksOrSlotsThanAllowed) {
  const auto tracks = check_offer(offer(), {.max_tracks = 0});
  ASSERT_FALSE(tracks.ok());
  EXPECT_EQ(tracks.error().message, "1 audio m-lines send; at most 0 may");
  const auto slots = check_offer(offer(), {.max_slots = 0});
  ASSERT_FALSE(slots.ok());
  EXPECT_EQ(slots.error().message, "1 audio m-lines receive; at most 0 may");
}

TEST(SdpProfile, RefusesAnOfferWithoutUsableAudio) {
  std::string text = edited("a=sendonly", "a=inactive");
  text.replace(text.find("a=recvonly"), 10, "a=inactive");
  const auto plan = check_offer(text, {});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().message, "no audio m-line that sends or receives");
}

TEST(SdpProfile, PlansWhatTheClientMayUse) {
  struct Case {
    OfferUse allowed;
    SectionUse mic, both, ear;
  };
  const Case cases[] = {
      {OfferUse::TracksAndSlots, SectionUse::Track, SectionUse::TrackAndSlot, SectionUse::Slot},
      {OfferUse::Tracks, SectionUse::Track, SectionUse::Track, SectionUse::Refused},
      {OfferUse::Slots, SectionUse::Refused, SectionUse::Slot, SectionUse::Slot},
  };
  std::string text = offer();
  text +=
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:both\r\n"
      "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
  text.replace(text.find("mic ear"), 7, "mic both ear");
  for (const Case& each : cases) {
    const auto plan = check_offer(text, {.use = each.allowed});
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    EXPECT_EQ(plan->sections[0].use, each.mic);
    EXPECT_EQ(plan->sections[1].use, each.ear);
    EXPECT_EQ(plan->sections[2].use, each.both);
  }
  EXPECT_THAT(check_offer(text, {.use = OfferUse::Tracks})->offer, Not(HasSubstr("recv")));
  EXPECT_THAT(check_offer(text, {.use = OfferUse::Slots})->offer, Not(HasSubstr("send")));

  const auto no_track = check_offer(edited("a=sendonly", "a=recvonly"), {.use = OfferUse::Tracks});
  ASSERT_FALSE(no_track.ok());
  EXPECT_EQ(no_track.error().message, "no audio m-line that sends");
  const auto no_slot = check_offer(edited("a=recvonly", "a=sendonly"), {.use = OfferUse::Slots});
  ASSERT_FALSE(no_slot.ok());
  EXPECT_EQ(no_slot.error().message, "no audio m-line that receives");
}

TEST(SdpProfile, TakesOneUsedSectionWithoutAGroup) {
  const std::string group = "a=group:BUNDLE mic ear\r\n";
  EXPECT_TRUE(check_offer(offer(), {})->has_group);
  for (const OfferUse use : {OfferUse::TracksAndSlots, OfferUse::Tracks}) {
    std::string text = edited(group, "");
    text.replace(text.find("a=recvonly"), 10, "a=inactive");
    const auto plan = check_offer(text, {.use = use});
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    EXPECT_FALSE(plan->has_group);
    EXPECT_THAT(plan->bundle, ElementsAre("mic"));
    EXPECT_EQ(plan->ufrag, "abcd");
    EXPECT_EQ(plan->sections[1].kept_media, "");
  }
  const auto publisher = check_offer(edited(group, ""), {.use = OfferUse::Tracks});
  EXPECT_TRUE(publisher.ok()) << "one of the two is used";
}

TEST(SdpProfile, PlansWhatTheOfferSays) {
  const auto plan = check_offer(offer(), {});
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->sections.size(), 2U);
  const SectionPlan& mic = plan->sections[0];
  EXPECT_EQ(mic.mid, "mic");
  EXPECT_EQ(mic.use, SectionUse::Track);
  EXPECT_EQ(mic.codec.payload_type, 111);
  EXPECT_EQ(mic.codec.fmtp, "minptime=10;useinbandfec=1");
  EXPECT_EQ(mic.extensions.mid, 1);
  EXPECT_EQ(mic.extensions.audio_level, 2);
  EXPECT_EQ(mic.extensions.audio_level_uri_attributes, "vad=on");
  EXPECT_EQ(mic.extensions.transport_cc, 3);
  EXPECT_THAT(mic.ssrcs, ElementsAre(1000U));
  EXPECT_EQ(plan->sections[1].use, SectionUse::Slot);
  EXPECT_EQ(plan->sections[1].extensions.mid, 0);
  ASSERT_EQ(plan->fingerprints.size(), 1U);
  EXPECT_EQ(plan->fingerprints[0].algorithm, "sha-256");
  EXPECT_EQ(plan->fingerprints[0].value.size(), 32U);
  EXPECT_EQ(plan->fingerprints[0].value[1], 0x11);
  EXPECT_THAT(plan->bundle, ElementsAre("mic", "ear"));
}

struct Normalised {
  std::string from, to;
  std::string contained, missing;  ///< In the normalised offer.
};

TEST(SdpProfile, WritesOnlyWhatItKnows) {
  const std::string candidate = "1 1 udp 100 127.0.0.1 4000 typ host";
  const Normalised cases[] = {
      {"a=mid:mic", "a=evil:1\r\na=rid:x send\r\na=simulcast:send x\r\na=mid:mic", "a=mid:mic",
       "evil"},
      {"a=rtcp-mux", "a=crypto:1 x\r\na=rtcp-mux", "a=rtcp-mux", "crypto"},
      {"a=sendonly\r\n", "", "a=mid:mic\r\na=sendrecv\r\n", "sendonly"},
      {"minptime=10", "payload=3;minptime=x;MINPTIME=1; stereo=1;stereo=0", "a=fmtp:111 stereo=1;",
       "payload"},
      {"a=extmap:1 ", "a=extmap:15 ", "a=extmap:2 ", "sdes:mid"},
      {"a=extmap:1 ", "a=extmap:1/recvonly ", "a=extmap:2 ", "sdes:mid"},
      {"vad=on", "vad=maybe x", "ssrc-audio-level\r\n", "vad"},
      {"a=rtcp-fb:111 transport-cc\r\n", "", "a=extmap:2 ", "transport"},
      {"a=ssrc:1000 cname:x", "a=ssrc:1000 sendonly", "a=ssrc:1000 cname:client\r\n",
       "ssrc:1000 s"},
      {"111 0\r\n", "0 96 111\r\na=rtpmap:96 OPUS/48000/2\r\n",
       "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n", "SAVPF 96 "},
      {candidate, "1 1 udp 100 x.local 4000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 tcp 100 127.0.0.1 9 typ host tcptype active", "a=mid:mic", "candidate"},
      {candidate, "1 2 udp 100 127.0.0.1 4000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 0.0.0.0 4000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 239.1.2.3 4000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 ff02::1 4000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 127.0.0.1 70000 typ host", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 127.0.0.1 4000 typ evil", "a=mid:mic", "candidate"},
      {candidate, "", "a=mid:mic", "candidate"},
      {candidate, "1 1 udp 100 ::1 4000 typ srflx raddr 1.2.3.4 rport 1",
       "a=candidate:1 1 UDP 100 ::1 4000 typ srflx\r\n", "raddr"},
  };
  for (const Normalised& item : cases) {
    const auto plan = check_offer(edited(item.from, item.to), {});
    ASSERT_TRUE(plan.ok()) << item.to << plan.error().message;
    EXPECT_THAT(plan->offer, HasSubstr(item.contained)) << item.to;
    EXPECT_THAT(plan->offer, Not(HasSubstr(item.missing))) << item.to;
  }
}

TEST(SdpProfile, PlansAndWritesNackWhereItIsOffered) {
  const std::string transport_cc = "a=rtcp-fb:111 transport-cc\r\n";
  EXPECT_FALSE(check_offer(offer(), {})->sections[0].nack);
  EXPECT_THAT(check_offer(offer(), {})->offer, Not(HasSubstr("nack")));
  const std::string offered[] = {"a=rtcp-fb:111 nack\r\n", "a=rtcp-fb:* nack\r\n"};
  for (const std::string& line : offered) {
    const auto plan = check_offer(edited(transport_cc, transport_cc + line), {});
    ASSERT_TRUE(plan.ok()) << line << plan.error().message;
    EXPECT_TRUE(plan->sections[0].nack) << line;
    EXPECT_FALSE(plan->sections[1].nack) << "each for itself";
    const size_t found = plan->offer.find("a=rtcp-fb:111 nack\r\n");
    EXPECT_LT(found, plan->offer.rfind("m=audio")) << line;
    EXPECT_EQ(plan->offer.find("nack", found + 16), std::string::npos) << line;
  }
  for (const char* line : {"a=rtcp-fb:111 nack pli\r\n", "a=rtcp-fb:0 nack\r\n",
                           "a=rtcp-fb:111 ccm fir\r\n", "a=rtcp-fb:111 nackx\r\n"}) {
    const auto plan = check_offer(edited(transport_cc, line), {});
    ASSERT_TRUE(plan.ok()) << line;
    EXPECT_FALSE(plan->sections[0].nack) << line;
    EXPECT_THAT(plan->offer, Not(HasSubstr("rtcp-fb"))) << line;
  }
  EXPECT_TRUE(check_offer(offer() + "a=rtcp-fb:111 nack\r\n", {})->sections[1].nack)
      << "a listener's";
}

TEST(SdpProfile, PlansRedundantOpusWhereItIsOffered) {
  struct Case {
    std::string formats, lines;
    uint8_t red = 0;
    bool is_first = false;
  };
  const Case cases[] = {
      {"111 63", "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n", 63},
      {"63 111", "a=rtpmap:63 RED/48000/2\r\na=fmtp:63 111/111/111\r\n", 63, true},
      {"111", "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"},
      {"111 63", "a=rtpmap:63 red/48000/2\r\n"},
      {"111 63", "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/0\r\n"},
      {"111 63", "a=rtpmap:63 red/48000/2\r\na=fmtp:63 \r\n"},
      {"111 63", "a=rtpmap:63 red/8000\r\na=fmtp:63 111/111\r\n"},
      {"111 70", "a=rtpmap:70 red/48000/2\r\na=fmtp:70 111/111\r\n"},
  };
  for (const Case& each : cases) {
    std::string text = edited("SAVPF 111 0", "SAVPF " + each.formats);
    text.insert(text.find("a=rtpmap:111"), each.lines);
    const auto plan = check_offer(text, {});
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    EXPECT_EQ(plan->sections[0].red_payload_type, each.red) << each.formats << each.lines;
    EXPECT_EQ(plan->sections[0].prefers_red, each.is_first) << each.formats << each.lines;
    EXPECT_EQ(plan->sections[1].red_payload_type, 0);
    EXPECT_THAT(plan->offer, Not(HasSubstr("red"))) << "webrtcbin does not know it";
  }
}

TEST(SdpProfile, BundledSectionsTakeTheTransportOfTheTag) {
  const auto plan =
      check_offer(offer() + "a=ice-ufrag:other\r\na=ice-pwd:zyxwvutsrqponmlkjihgfedcba\r\n", {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_THAT(plan->offer, Not(HasSubstr("other")));
  const std::string second = plan->offer.substr(plan->offer.rfind("m=audio"));
  EXPECT_THAT(second, HasSubstr("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"));
  EXPECT_THAT(second, HasSubstr(std::string("a=fingerprint:") + kFingerprint + "\r\n"));
  EXPECT_THAT(second, HasSubstr("a=setup:actpass\r\n"));
}

/// RFC 8122 section 5: a line for each digest and each certificate, and digests to come.
TEST(SdpProfile, TakesAllFingerprintsOfSupportedDigests) {
  const std::string lines = "a=fingerprint:sha-1 00:11\r\n" + many_fingerprints(2) +
                            "a=fingerprint:sha-3 00\r\n" + many_fingerprints(1);
  const auto plan = check_offer(edited("s=-\r\n", "s=-\r\n" + lines), {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->fingerprints.size(), 3U) << "two more, each once";
  EXPECT_EQ(plan->fingerprints[1].value[0], 0x11);
  EXPECT_EQ(check_offer(plan->offer, {})->fingerprints, plan->fingerprints);
}

TEST(SdpProfile, ASectionsFingerprintsReplaceThoseOfTheSessionLevel) {
  const auto plan =
      check_offer(edited("a=setup:actpass\r\n", "a=setup:actpass\r\n" + many_fingerprints(1)), {});
  ASSERT_FALSE(plan.ok()) << "the other section has those of the session level";
  EXPECT_THAT(plan.error().message, HasSubstr("m-line 1 (audio): a=fingerprint differs"));
  const auto agreed =
      check_offer(edited("a=setup:actpass\r\n", "a=setup:actpass\r\n" + many_fingerprints(1)) +
                      many_fingerprints(2),
                  {});
  ASSERT_TRUE(agreed.ok()) << agreed.error().message;
  ASSERT_EQ(agreed->fingerprints.size(), 1U);
  EXPECT_EQ(agreed->fingerprints[0].value[0], 0x10);
}

struct Tag {
  std::string description, text, group, ufrag;
};

/// Sections of the offer with credentials of their own: the tag's are those of the session.
TEST(SdpProfile, TheTagIsTheFirstAcceptedSectionOfTheGroup) {
  const std::string ear =
      "a=setup:actpass\r\na=ice-ufrag:ears\r\na=ice-pwd:zyxwvutsrqponmlkjihgfedcba\r\n";
  const std::string video =
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:cam\r\na=ice-ufrag:camera\r\n"
      "a=ice-pwd:zyxwvutsrqponmlkjihgfedcba\r\n";
  const std::string kept = video + "a=setup:actpass\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n";
  std::string refused = kept;
  refused.replace(refused.find(" 9 "), 3, " 0 ");
  const std::string data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n";
  const auto with = [&](const std::string& first, const std::string& group) {
    std::string text = offer() + ear;
    text.replace(text.find("BUNDLE mic ear"), 14, "BUNDLE " + group);
    return text.insert(text.find("m=audio"), first);
  };
  std::string inactive = with("", "mic ear");
  inactive.replace(inactive.find("a=sendonly"), 10, "a=inactive");
  const Tag cases[] = {
      {"as usual", with("", "mic ear"), "mic ear", "abcd"},
      {"another order", with("", "ear mic"), "ear mic", "ears"},
      {"video first", with(video, "cam mic ear"), "mic ear", "abcd"},
      {"video first, kept", with(kept, "cam mic ear"), "cam mic ear", "camera"},
      {"video behind", with(kept, "mic cam ear"), "mic ear", "abcd"},
      {"video that the client refuses", with(refused, "cam mic ear"), "mic ear", "abcd"},
      {"a data channel first", with(data, "d ear mic"), "ear mic", "ears"},
      {"video and data first", with(video + data, "d cam mic ear"), "mic ear", "abcd"},
      {"inactive first", inactive, "mic ear", "abcd"},
  };
  for (const Tag& each : cases) {
    const auto plan = check_offer(each.text, {});
    ASSERT_TRUE(plan.ok()) << each.description << ": " << plan.error().message;
    std::string group;
    for (const std::string& mid : plan->bundle) group += (group.empty() ? "" : " ") + mid;
    EXPECT_EQ(group, each.group) << each.description;
    EXPECT_THAT(plan->offer, HasSubstr("a=ice-ufrag:" + each.ufrag)) << each.description;
    EXPECT_EQ(check_offer(plan->offer, {})->offer, plan->offer) << each.description;
  }
}

/// RFC 9429 section 5.2.1: with the policy max-bundle the other sections have no transport.
TEST(SdpProfile, BundleOnlySectionsHaveTheTransportOfTheClientsTag) {
  std::string text = offer();
  const std::string transport =
      "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n";
  const std::string candidate = "a=candidate:1 1 udp 100 127.0.0.1 4000 typ host\r\n";
  text.replace(text.find(transport), transport.size(), "a=bundle-only\r\n");
  text.erase(text.find(candidate), candidate.size());
  text.replace(text.find("m=audio 9 "), 10, "m=audio 0 ");
  text.replace(text.find("BUNDLE mic"), 10, "BUNDLE cam mic");
  text.insert(text.find("m=audio"),
              "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:cam\r\n" + transport + candidate);
  const auto plan = check_offer(text, {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_THAT(plan->bundle, ElementsAre("mic", "ear"));
  EXPECT_THAT(plan->offer, HasSubstr(transport.substr(0, transport.find("a=setup"))));
  EXPECT_THAT(plan->offer, HasSubstr("a=setup:actpass\r\n"));
  EXPECT_THAT(plan->offer, HasSubstr("a=candidate:1 1 UDP 100 127.0.0.1 4000 typ host\r\n"));
}

TEST(SdpProfile, AcceptsAndKeepsTheProtocolsOfRfc9429) {
  for (const std::string protocol :
       {"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP",
        "RTP/SAVPF", "RTP/SAVP", "RTP/AVPF", "RTP/AVP"}) {
    const auto plan = check_offer(edited("UDP/TLS/RTP/SAVPF", protocol), {});
    ASSERT_TRUE(plan.ok()) << protocol << plan.error().message;
    EXPECT_EQ(plan->sections[0].protocol, protocol);
    EXPECT_EQ(plan->sections[1].protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_THAT(plan->offer, HasSubstr("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")) << protocol;
    EXPECT_THAT(plan->offer, Not(HasSubstr(" " + protocol + " 111 0"))) << protocol;
  }
}

TEST(SdpProfile, LeavesOutCandidatesBeyond64) {
  std::string candidates;
  for (int port = 1; port <= 70; ++port) {
    candidates += "a=candidate:1 1 udp 100 127.0.0.1 " + std::to_string(port) + " typ host\r\n";
  }
  const auto plan = check_offer(
      edited("a=candidate:", repeated("a=candidate:1\r\n", 64) + candidates + "a=candidate:"), {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_THAT(plan->offer, HasSubstr(" 127.0.0.1 64 typ host\r\n")) << "broken ones do not count";
  EXPECT_THAT(plan->offer, Not(HasSubstr(" 127.0.0.1 65 typ host\r\n")));
}

TEST(SdpProfile, LeavesRefusedSectionsOutOfWebrtcbinsOffer) {
  const std::string video = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:cam\r\n";
  const std::string data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n";
  std::string text = offer() + data;
  text.insert(text.find("m=audio"), video);
  const auto plan = check_offer(text, {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->sections[1].index, 1U);
  EXPECT_EQ(plan->sections[0].refused_media, "video 0 UDP/TLS/RTP/SAVPF 96 97");
  EXPECT_EQ(plan->sections[3].refused_media, "application 0 UDP/DTLS/SCTP webrtc-datachannel");
  EXPECT_THAT(plan->offer, Not(HasSubstr("video")));
  EXPECT_THAT(plan->offer, Not(HasSubstr("application")));
}

}  // namespace
}  // namespace veche::sdp
