// SPDX-License-Identifier: Apache-2.0
// Small files that are there as a whole or not at all, and the check sum of large ones.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "recording/file/descriptor.hpp"

namespace veche::recording {

/// Replaces or makes the file; after a crash it has the old content or the new. Blocks; throws a
/// Failure that names the file. Not for two at once on one name.
void write_atomically(int dir_fd, const std::string& name, std::string_view content);

/// For reading. Fails with VECHE_E_GONE if there is no such file, with VECHE_E_INVALID if it is not
/// a regular one; a symbolic link is not followed.
Descriptor open_regular(int dir_fd, const std::string& name);

/// Fails also with VECHE_E_INVALID if the file is longer than `max_bytes`.
std::string read_whole(int dir_fd, const std::string& name, size_t max_bytes);

/// In lower case hexadecimal. Blocks for as long as reading the file takes.
std::string sha256(int dir_fd, const std::string& name);

}  // namespace veche::recording
