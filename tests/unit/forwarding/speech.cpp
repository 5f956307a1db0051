// SPDX-License-Identifier: Apache-2.0
// A crude model of voices: only durations and levels matter here, not the sound.
#include "speech.hpp"

#include <algorithm>

namespace veche::forwarding::test {

int Script::between(int low, int high) {
  // Not std::uniform_int_distribution: its results differ between standard libraries.
  return low + static_cast<int>(random_() % static_cast<uint32_t>(high - low + 1));
}

void Script::add(int dbov, bool speech) {
  const int noise = noise_dbov_ + between(-3, 3);
  const int level = -std::max(dbov, noise);
  frames_.push_back({.level = static_cast<uint8_t>(std::clamp(level, 0, 127)), .speech = speech});
}

Script& Script::silence(int ms) {
  for (int i = 0; i < ms / kFrameMs; ++i) add(-127, false);
  return *this;
}

void Script::syllable(int frames, int peak_dbov) {
  const int peak = peak_dbov + between(-4, 4);
  const int decay = frames >= 8 ? 2 : 1;
  add(peak - between(6, 14), true);
  for (int i = 0; i < frames - 1 - decay; ++i) add(peak + between(-3, 1), true);
  for (int i = 0; i < decay; ++i) add(peak - between(6, 10) * (i + 1), true);
}

void Script::phrase(int ms, int peak_dbov) {
  const auto end = frames_.size() + static_cast<size_t>(ms / kFrameMs);
  while (frames_.size() < end) {
    syllable(between(6, 12), peak_dbov);
    for (int dip = between(0, 2); dip > 0; --dip) add(peak_dbov - between(15, 25), true);
  }
}

Script& Script::turn(int ms, int peak_dbov) {
  const int begin_ms = length_ms();
  while (length_ms() < begin_ms + ms) {
    if (length_ms() > begin_ms) silence(between(5, 20) * kFrameMs);
    phrase(std::min(between(600, 2500), std::max(begin_ms + ms - length_ms(), 200)), peak_dbov);
  }
  turns_.push_back({begin_ms, length_ms()});
  return *this;
}

Script& Script::interjection(int ms, int peak_dbov) {
  const int frames = ms / kFrameMs;
  const int dip = frames >= 10 ? 2 : 1;
  const int first = (frames - dip) / 2;
  syllable(first, peak_dbov);
  for (int i = 0; i < dip; ++i) add(peak_dbov - between(15, 25), true);
  syllable(frames - dip - first, peak_dbov);
  return *this;
}

Script& Script::cough() {
  for (int i = 0; i < 4; ++i) add(-15 - 3 * i, true);
  for (int i = 0; i < 10; ++i) add(-32 - 3 * i, true);
  return *this;
}

Script& Script::typing(int ms) {
  const int end_ms = length_ms() + ms;
  while (length_ms() < end_ms) {
    for (int i = between(1, 2); i > 0; --i) add(-25 - between(0, 10), false);
    silence(between(6, 24) * kFrameMs);
  }
  return *this;
}

Script& Script::steady(int ms, int dbov, int spread_db) {
  for (int i = 0; i < ms / kFrameMs; ++i) add(dbov + between(-spread_db, spread_db), false);
  return *this;
}

Script& Script::use_dtx() {
  int quiet = 0;
  for (Frame& frame : frames_) {
    quiet = frame.speech ? 0 : quiet + 1;
    frame.sent = quiet <= 10 || (quiet - 10) % 20 == 0;
  }
  return *this;
}

}  // namespace veche::forwarding::test
