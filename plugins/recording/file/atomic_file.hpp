// SPDX-License-Identifier: Apache-2.0
// Small files that exist as a whole or not at all, and the checksum of large ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "recording/file/descriptor.hpp"

namespace veche::recording {

/// Creates or replaces the file; after a crash it has either the old content or the new. Blocks,
/// and throws a Failure that names the file. Two calls must not write the same name at a time.
void write_atomically(int dir_fd, const std::string& name, std::string_view content);

/// Opens for reading. Fails with VECHE_E_GONE if there is no such file, and with VECHE_E_INVALID if
/// it is not a regular one; does not follow symbolic links.
Descriptor open_regular(int dir_fd, const std::string& name);

/// Also fails with VECHE_E_INVALID if the file is longer than `max_bytes`.
std::string read_whole(int dir_fd, const std::string& name, size_t max_bytes);

/// In lower case hexadecimal. Blocks for as long as reading the file takes, or until `*stopped`,
/// which another thread may set: the result is then "". Null: never.
std::string sha256(int dir_fd, const std::string& name, const std::atomic<bool>* stopped = nullptr);

}  // namespace veche::recording
