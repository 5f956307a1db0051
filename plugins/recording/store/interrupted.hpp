// SPDX-License-Identifier: Apache-2.0
// Completes the manifest of a recording whose server died, from the files that it left.
#pragma once

#include <string>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// Sets the manifest to `interrupted`, and lists all media files of the folder, including those
/// created after the manifest was last written. A file that cannot be read stays listed, with a
/// warning.
void end_interrupted(int folder_fd, Manifest& manifest, std::vector<std::string>& warnings);

}  // namespace veche::recording
