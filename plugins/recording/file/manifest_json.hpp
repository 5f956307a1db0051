// SPDX-License-Identifier: Apache-2.0
// A manifest as JSON: in manifest.json, and in answers over HTTP.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// The file's name in a recording's folder.
inline constexpr char kManifestName[] = "manifest.json";
/// A longer manifest is refused.
inline constexpr size_t kMaxManifestBytes = 8 << 20;

/// The members of a track that count what is missing.
struct LossField {
  const char* name;
  uint64_t Losses::*count;
  bool always;  ///< Written even when it is 0.
};
inline constexpr std::array kLossFields{
    LossField{"lost", &Losses::lost, true},
    LossField{"dropped", &Losses::dropped, true},
    LossField{"late", &Losses::late, false},
    LossField{"refused", &Losses::refused, false},
    LossField{"left_out", &Losses::left_out, false},
    LossField{"incomplete", &Losses::incomplete, false},
    LossField{"foreign", &Losses::foreign, false},
    LossField{"mix_dropped", &Losses::mix_dropped, false},
    LossField{"mix_failed", &Losses::mix_failed, false},
    LossField{"restarts", &Losses::restarts, false},
};

/// Everything, indented, always in the same order.
std::string to_json(const Manifest& manifest);
/// For lists: without the gaps of tracks and without speech.
std::string summary_json(const Manifest& manifest);

/// Throws a Failure (VECHE_E_INVALID) that names the wrong member. Missing members have their
/// defaults, except "format" and "id"; unknown members are skipped.
Manifest parse_manifest(const std::string& json);

/// Whether a name can only mean a file in the recording's folder: [A-Za-z0-9_.~-]{1,200} without a
/// dot at its start.
bool is_file_name(std::string_view name) noexcept;

}  // namespace veche::recording
