// SPDX-License-Identifier: Apache-2.0
// Finds recordings in folders that may have been changed by hand.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "recording/store/store.hpp"

namespace veche::recording {

/// Looks as deep as templates reach, and into at most kMaxFolders. A folder with something wrong is
/// a warning, and does not affect the others.
class Scanner {
 public:
  static constexpr int kMaxDepth = 4;
  static constexpr int kMaxFolders = 200'000;

  explicit Scanner(Store::Scan& out, std::function<void(Manifest&)> shrink = {})
      : out_(out), shrink_(std::move(shrink)) {}
  void run(int root_fd);
  void run_one(int folder_fd, const std::string& path) { recording(folder_fd, path); }

 private:
  void folder(int fd, const std::string& path, int depth);
  void recording(int fd, const std::string& path);

  Store::Scan& out_;
  const std::function<void(Manifest&)> shrink_;
  int folders_ = 0;
};

}  // namespace veche::recording
