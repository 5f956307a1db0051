// SPDX-License-Identifier: Apache-2.0
// Folders below a directory, opened name by name so that no symbolic link leads out of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recording/file/descriptor.hpp"

namespace veche::recording {

/// Throws a Failure that names the path; VECHE_E_GONE if it does not exist.
Descriptor open_folder(int root_fd, const std::vector<std::string>& parts);

/// The same, and creates missing folders; the last part must not exist yet.
Descriptor make_folder(int root_fd, const std::vector<std::string>& parts);

/// Calls entry(name, is_folder) for each entry but "." and "..", until it returns false. A symbolic
/// link does not count as a folder.
void each_entry(int folder_fd, const std::function<bool(const std::string&, bool)>& entry);

}  // namespace veche::recording
