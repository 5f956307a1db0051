// SPDX-License-Identifier: Apache-2.0
// What a Matroska or WebM file says of itself and its track before the first frame.
#pragma once

#include <cstdint>
#include <string>

#include "recording/file/ebml.hpp"
#include "recording/track/format.hpp"

namespace veche::recording {

/// Whether browsers' own variant may hold it; H.264 has to be in Matroska proper.
bool is_webm(const Format& format) noexcept;

ebml::Bytes ebml_header(const Format& format);
/// Dates count from 2001, in nanoseconds.
inline constexpr int64_t kMatroskaEpochMs = 978'307'200'000;

/// The data of Info without its duration.
ebml::Bytes segment_info(int64_t started_unix_ms);
/// Fails with VECHE_E_INVALID if the format is incomplete.
ebml::Bytes track_list(const Format& format, const std::string& title);

}  // namespace veche::recording
