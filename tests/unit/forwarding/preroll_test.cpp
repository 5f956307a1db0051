// SPDX-License-Identifier: Apache-2.0
// The packet policy: which replayed packets it forwards.
#include "forwarding/preroll.hpp"

#include <gtest/gtest.h>
#include <veche/selector.h>

#include <string>

#include "forwarding/voice_activity.hpp"

namespace veche::forwarding {
namespace {

constexpr PrerollTuning kPreroll = {.length_ns = ms_to_ns(300),
                                    .gate_loudness = loudness_of_dbov(-60)};
constexpr int64_t kNowNs = ms_to_ns(10'000);

/// One character a packet, 20 ms apart, the newest just now: S speech, s soft, . silence, _ no
/// packet; l live.
std::vector<veche_packet> packets_of(const std::string& text) {
  std::vector<veche_packet> packets;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') continue;
    veche_packet packet{};
    packet.arrival_ns = kNowNs - ms_to_ns(20 * static_cast<int64_t>(text.size() - 1 - i));
    packet.sequence = static_cast<uint32_t>(i);
    packet.flags = text[i] == 'l' ? 0 : VECHE_PACKET_PREROLL;
    packet.level = text[i] == '.' ? 75 : text[i] == 's' ? 50 : 30;
    packets.push_back(packet);
  }
  return packets;
}

Strided<const veche_packet> all_of(const std::vector<veche_packet>& packets) {
  return {packets.data(), sizeof(veche_packet), packets.size()};
}

std::string verdicts_of(PrerollState& state, const std::string& text,
                        const PrerollTuning& tuning = kPreroll, uint32_t kind = VECHE_KIND_AUDIO) {
  const std::vector<veche_packet> packets = packets_of(text);
  std::vector<uint32_t> verdicts(packets.size(), 0);
  veche_route route{};
  route.struct_size = sizeof route;
  route.kind = kind;
  route.now_ns = kNowNs;
  decide(state, route, all_of(packets), tuning, verdicts.data());
  std::string result;
  for (const uint32_t verdict : verdicts) {
    result += verdict == VECHE_VERDICT_FORWARD ? 'F' : verdict == VECHE_VERDICT_DROP ? '-' : '?';
  }
  return result;
}

TEST(Preroll, ForwardsFromTheStartOfTheUtterance) {
  const struct {
    const char *name, *packets, *verdicts;
  } cases[] = {
      {"two packets lead in", "......SSSS", "----FFFFFF"},
      {"soft speech is speech", ".....ssSSS", "---FFFFFFF"},
      {"a gap within a word goes with it", "....SS..SS", "--FFFFFFFF"},
      {"an older utterance stays away", "SS.......SS", "-------FFFF"},
      {"speech that began before the history", "SSSSSSSSSS", "FFFFFFFFFF"},
      {"the first packets after a DTX gap", ".___________________SS", "-FF"},
      {"nothing but silence", "..........", "----------"},
      {"no history", "", ""},
      {"live packets always go", "llll", "FFFF"},
      {"live packets after history", "......SSll", "----FFFFFF"},
      {"no more than the length", "SSSSSSSSSSSSSSSSSSSS", "----FFFFFFFFFFFFFFFF"},
  };
  for (const auto& c : cases) {
    PrerollState state{};
    EXPECT_EQ(verdicts_of(state, c.packets), c.verdicts) << c.name;
  }
}

TEST(Preroll, LosesAtMost20MsOfAnUtteranceWhateverTheTimeOfSelection) {
  for (int spoken = 2; spoken <= 14; ++spoken) {
    PrerollState state{};
    const std::string verdicts =
        verdicts_of(state, "..." + std::string(static_cast<size_t>(spoken), 'S'));
    EXPECT_EQ(verdicts.substr(3), std::string(static_cast<size_t>(spoken), 'F'));
  }
}

TEST(Preroll, ContinuesOverSeveralCalls) {
  PrerollState state{};
  EXPECT_EQ(verdicts_of(state, "....."), "-----");
  EXPECT_EQ(verdicts_of(state, "..SS."), "FFFFF");
  EXPECT_EQ(verdicts_of(state, ".....S"), "FFFFFF");
  EXPECT_EQ(verdicts_of(state, "l"), "F");
}

TEST(Preroll, DropsHistoryThatComesAfterLivePackets) {
  PrerollState state{};
  EXPECT_EQ(verdicts_of(state, "ll"), "FF");
  EXPECT_EQ(verdicts_of(state, "SSl"), "--F");
}

TEST(Preroll, IsOffWithALengthOf0AndForOtherKinds) {
  PrerollState off{};
  EXPECT_EQ(verdicts_of(off, "..SSl", {.length_ns = 0, .gate_loudness = 0}), "----F");
  PrerollState video{};
  EXPECT_EQ(verdicts_of(video, "..SSl", kPreroll, VECHE_KIND_VIDEO), "----F");
}

TEST(Preroll, BackgroundNoiseIsNotTakenForTheUtterance) {
  // The fan at -56 is over the gate, and far below the voice.
  std::vector<veche_packet> packets = packets_of("......SSSS");
  for (size_t i = 0; i < 6; ++i) packets[i].level = 56;
  std::vector<uint32_t> verdicts(packets.size(), 0);
  veche_route route{};
  route.kind = VECHE_KIND_AUDIO;
  route.now_ns = kNowNs;
  PrerollState state{};
  decide(state, route, all_of(packets), kPreroll, verdicts.data());
  EXPECT_EQ(verdicts[3], VECHE_VERDICT_DROP);
  EXPECT_EQ(verdicts[4], VECHE_VERDICT_FORWARD);
}

}  // namespace
}  // namespace veche::forwarding
