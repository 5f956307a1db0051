// SPDX-License-Identifier: Apache-2.0
// The checksums of a recording that has ended: reading its files takes as long as they are large.
#pragma once

#include <atomic>
#include <optional>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// Whether a checksum is missing that add_checksums() would add.
bool lacks_checksums(const Manifest& manifest) noexcept;

/// Adds SHA-256 to the manifest in the folder, and returns it; nothing if `stopped` was set
/// meanwhile, the recording was removed, or its manifest does not say that it has ended. Blocks;
/// throws a Failure that names the file.
std::optional<Manifest> add_checksums(int folder_fd, const std::atomic<bool>& stopped);

}  // namespace veche::recording
