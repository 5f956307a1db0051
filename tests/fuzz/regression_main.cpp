// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: over the files given, then over random inputs that are the
// same every time.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "../unit/repetitions.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;
constexpr int kRandomInputs = veche::test::repetitions(20'000);

void run(const Bytes& input) {
  // An exact copy, so that sanitizers see a read past the end.
  const Bytes exact(input);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

bool run_file(const std::filesystem::path& path, std::vector<Bytes>& seeds) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  run(seeds.back());
  return true;
}

/// Noise, or a seed with a few bytes changed and perhaps its end cut off.
Bytes random_input(std::mt19937& random, const std::vector<Bytes>& seeds) {
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  Bytes input;
  if (!seeds.empty() && below(4) != 0) {
    input = seeds[below(seeds.size())];
    if (below(3) == 0) input.resize(below(input.size() + 1));
  } else {
    input.resize(below(600));
    for (uint8_t& byte : input) byte = static_cast<uint8_t>(random());
    // RTP's version, or most noise would be refused at once.
    if (!input.empty() && below(2) == 0) input[0] = static_cast<uint8_t>(0x80 | (input[0] & 0x3f));
  }
  for (size_t changes = below(8); changes > 0 && !input.empty(); --changes) {
    input[below(input.size())] = static_cast<uint8_t>(random());
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<Bytes> seeds;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      if (!run_file(argv[i], seeds)) return 1;
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argv[i])) {
      if (!run_file(entry.path(), seeds)) return 1;
    }
  }
  run({});
  std::mt19937 random(1);
  for (int i = 0; i < kRandomInputs; ++i) run(random_input(random, seeds));
  return 0;
}
