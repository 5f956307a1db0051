// SPDX-License-Identifier: Apache-2.0
// Encodes with libopus, and runs ffmpeg where it is installed.
#include "media_tools.hpp"

#include <opus.h>
#include <stdio.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

namespace veche::recording {

namespace {

constexpr int kSamples = 960;

/// One second of a tone; it may be repeated.
std::vector<std::vector<uint8_t>> encode_tone() {
  int error = 0;
  const std::unique_ptr<OpusEncoder, decltype(&opus_encoder_destroy)> encoder(
      opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error), &opus_encoder_destroy);
  std::vector<std::vector<uint8_t>> packets;
  for (int packet = 0; packet < 50; ++packet) {
    std::vector<int16_t> sound(kSamples);
    for (int i = 0; i < kSamples; ++i) {
      sound[static_cast<size_t>(i)] =
          static_cast<int16_t>(8000 * std::sin(0.05 * (packet * kSamples + i)));
    }
    std::vector<uint8_t> bytes(1500);
    const int size = opus_encode(encoder.get(), sound.data(), kSamples, bytes.data(),
                                 static_cast<opus_int32>(bytes.size()));
    bytes.resize(static_cast<size_t>(size));
    packets.push_back(std::move(bytes));
  }
  return packets;
}

}  // namespace

Format opus_format() { return {.codec = Codec::Opus, .channels = 1}; }

Frame opus_frame(int64_t index) {
  static const std::vector<std::vector<uint8_t>> tone = encode_tone();
  return {.time_ns = index * kFrame_ns,
          .duration_ns = kFrame_ns,
          .key = true,
          .bytes = tone[static_cast<size_t>(index) % tone.size()]};
}

bool has_ffmpeg() {
  static const bool found = !output_of("command -v ffmpeg && command -v ffprobe").empty();
  return found;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                                   &pclose);
  std::string out;
  char buffer[4096];
  while (pipe && fgets(buffer, sizeof buffer, pipe.get()) != nullptr) out += buffer;
  return out;
}

std::string complaints(const std::string& path) {
  return output_of("ffmpeg -v error -nostdin -i '" + path + "' -f null -");
}

double duration_ms(const std::string& path) {
  const std::string seconds =
      output_of("ffprobe -v error -show_entries format=duration -of csv=p=0 '" + path + "'");
  return std::atof(seconds.c_str()) * 1000;
}

std::vector<uint8_t> content_of(const std::string& path) {
  std::vector<uint8_t> content(std::filesystem::file_size(path));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return content;
}

}  // namespace veche::recording
