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

/// Keeps others from writing into the folder while a descriptor of the same opening exists. False
/// if another one has it; true too where the file system knows no locks.
bool try_lock(int folder_fd) noexcept;
/// Waits for that.
void wait_lock(int folder_fd) noexcept;

/// Deletes everything below the folder, but not the folder: files, links and other folders, also
/// those that are not ours to enter as they are. Entries for which `spares` is true stay. Throws a
/// Failure that names what cannot be deleted.
void empty_folder(int folder_fd, const std::string& path,
                  const std::function<bool(const std::string&)>& spares);

/// Calls entry(name, is_folder) for each entry but "." and "..", until it returns false. A symbolic
/// link does not count as a folder.
void each_entry(int folder_fd, const std::function<bool(const std::string&, bool)>& entry);

}  // namespace veche::recording
