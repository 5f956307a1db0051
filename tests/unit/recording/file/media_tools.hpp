// SPDX-License-Identifier: Apache-2.0
// Frames to record, and ffmpeg's verdict on the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recording/track/format.hpp"

namespace veche::recording {

inline constexpr int64_t kFrame_ns = 20'000'000;

Format opus_format();
/// A tone of 20 ms in Opus, at place `index` of the recording.
Frame opus_frame(int64_t index);

bool has_ffmpeg();
/// The standard output and error of a program.
std::string output_of(const std::string& command);
/// "" if ffmpeg reads and decodes the file to its end without a message.
std::string complaints(const std::string& path);
/// By ffprobe; 0 if it finds none or complains.
double duration_ms(const std::string& path);

std::vector<uint8_t> content_of(const std::string& path);

}  // namespace veche::recording
