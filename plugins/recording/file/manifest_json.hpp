// SPDX-License-Identifier: Apache-2.0
// A manifest as JSON: in manifest.json, and in answers over HTTP.
#pragma once

#include <string>
#include <string_view>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// The file's name in a recording's folder.
inline constexpr char kManifestName[] = "manifest.json";
/// A longer one is refused.
inline constexpr size_t kMaxManifestBytes = 8 << 20;

/// Everything, indented, always in the same order.
std::string to_json(const Manifest& manifest);
/// For lists: without tracks' gaps and without who spoke when.
std::string summary_json(const Manifest& manifest);

/// Throws a Failure (VECHE_E_INVALID) that names the member which is wrong. A member that is
/// missing has its default, except "format" and "id"; one that is unknown is skipped.
Manifest parse_manifest(const std::string& json);

/// Whether a name can only mean a file in the recording's folder: [A-Za-z0-9_.~-]{1,200} that does
/// not begin with a dot.
bool is_file_name(std::string_view name) noexcept;

}  // namespace veche::recording
