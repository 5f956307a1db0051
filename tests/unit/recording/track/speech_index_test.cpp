// SPDX-License-Identifier: Apache-2.0
// Who spoke when, in tables of levels.
#include "recording/track/speech_index.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace veche::recording::speech_index_test {
namespace {

constexpr int64_t kMs = 1'000'000, kPacketMs = 20;

struct Part {
  int64_t ms;
  int level;  ///< -1: nothing is sent. -2: no level, a packet of speech; -3: no level, DTX.
};
using Spans = std::vector<std::pair<int64_t, int64_t>>;

int64_t play(SpeechIndex& index, const std::vector<Part>& parts) {
  int64_t at_ms = 0;
  for (const Part& part : parts) {
    for (const int64_t end_ms = at_ms + part.ms; at_ms < end_ms; at_ms += kPacketMs) {
      if (part.level == -1) continue;
      const auto level =
          part.level >= 0 ? std::optional(static_cast<uint8_t>(part.level)) : std::nullopt;
      index.push(level, part.level == -3 ? 1 : 80, at_ms * kMs);
    }
  }
  index.advance(at_ms * kMs);
  return at_ms;
}

Spans spans(const SpeechIndex& index) {
  Spans found;
  for (const SpeechEntry& entry : index.entries()) {
    EXPECT_EQ(entry.participant, "anna");
    found.emplace_back(entry.span.start_ms, entry.span.end_ms);
  }
  return found;
}

struct Case {
  const char* name;
  std::vector<Part> parts;
  Spans expected;
};
class SpeechTable : public ::testing::TestWithParam<Case> {};

TEST_P(SpeechTable, IsFound) {
  SpeechIndex index("anna");
  play(index, GetParam().parts);
  index.finish();
  EXPECT_EQ(spans(index), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Levels, SpeechTable,
    ::testing::Values(
        Case{"silence", {{5000, 127}}, {}},
        Case{"a_soft_voice", {{1000, 90}, {1000, 48}, {1000, 90}}, {{1000, 2000}}},
        Case{"one_sentence", {{1000, 90}, {2000, 30}, {1000, 90}}, {{1000, 3000}}},
        Case{"a_click", {{1000, 90}, {40, 10}, {1000, 90}}, {}},
        Case{"shortest", {{1000, 90}, {60, 30}, {1000, 90}}, {{1000, 1060}}},
        Case{"clicks_apart", {{1000, 90}, {20, 10}, {100, 90}, {20, 10}, {100, 90}, {20, 10}}, {}},
        Case{"a_breath", {{1000, 30}, {580, 90}, {1000, 30}}, {{0, 2580}}},
        Case{"a_pause", {{1000, 30}, {700, 90}, {1000, 30}}, {{0, 1000}, {1700, 2700}}},
        Case{"discontinuous", {{1000, 30}, {5000, -1}, {1000, 30}}, {{0, 1000}, {6000, 7000}}},
        Case{"still_speaking", {{1000, 90}, {500, 30}}, {{1000, 1500}}},
        Case{"whisper", {{1000, 90}, {2000, 55}, {1000, 90}}, {}},
        Case{"voice_over_a_fan", {{5000, 45}, {1000, 30}, {3000, 45}}, {{5000, 6000}}},
        Case{"no_levels", {{1000, -3}, {1000, -2}, {1000, -3}}, {{1000, 2000}}}),
    [](const auto& info) { return info.param.name; });

TEST(SpeechIndex, SaysTheLoudestOfTheLastSecond) {
  SpeechIndex index("anna");
  EXPECT_EQ(index.level_dbov(0), -127);
  const int64_t end_ms = play(index, {{2000, 90}, {20, 25}, {480, 80}});
  EXPECT_EQ(index.level_dbov(end_ms * kMs), -25);
  EXPECT_EQ(index.level_dbov((end_ms + 2000) * kMs), -127);
}

TEST(SpeechIndex, KeepsNoMoreThanItMay) {
  SpeechIndex index("anna");
  std::vector<Part> parts;
  for (size_t i = 0; i < SpeechIndex::kMaxEntries + 3; ++i) {
    parts.push_back({100, 30});
    parts.push_back({800, 90});
  }
  play(index, parts);
  EXPECT_EQ(index.entries().size(), SpeechIndex::kMaxEntries);
  EXPECT_EQ(index.more(), 3U);
}

}  // namespace
}  // namespace veche::recording::speech_index_test
