// SPDX-License-Identifier: Apache-2.0
// Generates audio levels like those of microphones: speech with syllables and pauses, noise,
// coughs, typing, DTX.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace veche::forwarding::test {

constexpr int kFrameMs = 20;

/// One packet's worth of sound.
struct Frame {
  uint8_t level = 127;  ///< RFC 6464.
  bool speech = false;  ///< Part of an utterance, as an encoder's DTX would see it.
  bool sent = true;
};

/// The input of one microphone, frame by frame. Deterministic for a seed.
class Script {
 public:
  explicit Script(uint32_t seed, int noise_dbov = -70) : random_(seed), noise_dbov_(noise_dbov) {}

  Script& silence(int ms);
  /// Phrases of 0.6 to 2.5 s with pauses of 100 to 400 ms between them, syllables of 120 to 240 ms
  /// with dips.
  Script& turn(int ms, int peak_dbov = -28);
  /// "Uh-huh": two syllables with a dip; as loud as speech.
  Script& interjection(int ms, int peak_dbov = -30);
  /// A loud burst that decays.
  Script& cough();
  /// Clicks of one or two frames, two to seven a second.
  Script& typing(int ms);
  Script& steady(int ms, int dbov, int spread_db);
  /// After 200 ms without speech only one frame in 400 ms is sent.
  Script& use_dtx();

  const std::vector<Frame>& frames() const { return frames_; }
  int length_ms() const { return static_cast<int>(frames_.size()) * kFrameMs; }
  /// The start and the end of each turn.
  struct Span {
    int begin_ms, end_ms;
  };
  const std::vector<Span>& turns() const { return turns_; }
  int between(int low, int high);

 private:
  void add(int dbov, bool speech);
  void phrase(int ms, int peak_dbov);
  /// Attack, nucleus, decay.
  void syllable(int frames, int peak_dbov);

  std::mt19937 random_;
  int noise_dbov_;
  std::vector<Frame> frames_;
  std::vector<Span> turns_;
};

}  // namespace veche::forwarding::test
