// SPDX-License-Identifier: Apache-2.0
// What is known of a recording whose server died: its files.
#pragma once

#include <string>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// Makes the manifest say `interrupted`, with all media files of the folder, also those made after
/// the manifest was last written. A file that cannot be read stays listed, with a warning.
void end_interrupted(int folder_fd, Manifest& manifest, std::vector<std::string>& warnings);

}  // namespace veche::recording
