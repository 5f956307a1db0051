// SPDX-License-Identifier: Apache-2.0
// Prints the cost of a mix of 100 tracks, as a fraction of one core.
#include <cstdio>
#include <ctime>

#include "recording/mix/mixer.hpp"
#include "sounds.hpp"

namespace {

using namespace veche::recording;

int64_t cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void measure(uint64_t tracks, uint64_t talkers, uint32_t channels) {
  constexpr int64_t kSeconds = 30;
  test::Sound sound(kSeconds * test::kRate);
  for (size_t at = 0; at < sound.size(); at += test::kRate / 5) test::add_chirp(sound, at, 0.2F);
  const std::vector<Frame> voice = test::encode(sound);
  Mixer mixer({.channels = channels});
  std::vector<Frame> out;
  const int64_t begin_ns = cpu_ns();
  for (const Frame& frame : voice) {
    Frame silence = frame;
    silence.bytes = {0xf8, 0xff, 0xfe};
    for (uint64_t track = 0; track < tracks; ++track) {
      mixer.push(track, track < talkers ? frame : silence);
    }
    mixer.advance(frame.time_ns, out);
  }
  std::printf("%3ju tracks, %2ju talk, %u channel(s): %5.2f %% of a core\n", uintmax_t{tracks},
              uintmax_t{talkers}, channels,
              static_cast<double>(cpu_ns() - begin_ns) / (kSeconds * 1e9) * 100);
}

}  // namespace

int main() {
  for (const uint32_t channels : {1U, 2U}) {
    measure(100, 0, channels);
    measure(100, 3, channels);
    measure(100, 10, channels);
    measure(100, 100, channels);
  }
}
