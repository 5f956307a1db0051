// SPDX-License-Identifier: Apache-2.0
// A new file that is written piece by piece.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "recording/file/descriptor.hpp"

namespace veche::recording {

/// Every function may block, and throws a Failure that names the file.
class OutputFile {
 public:
  /// Creates the file in the directory; it must not exist yet. Its name survives a power cut.
  OutputFile(int dir_fd, std::string name);

  const std::string& name() const noexcept { return name_; }

  /// Writes all bytes, or throws; some of them may then be in the file.
  void write(uint64_t position, std::span<const uint8_t> bytes);
  /// Waits until everything written is on the disk.
  void sync();
  void truncate(uint64_t size);
  /// Fails with VECHE_E_GONE if the file was deleted, because writing to it would still succeed.
  void check_exists() const;

 private:
  std::string name_;
  Descriptor file_;
};

}  // namespace veche::recording
