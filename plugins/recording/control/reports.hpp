// SPDX-License-Identifier: Apache-2.0
// What the server and its clients learn of recordings: metrics, events and rooms' notices.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <veche/cpp/host.hpp>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// [control]
class Reports {
 public:
  explicit Reports(const veche::Host& host);

  void set_active(size_t recordings) { active_.set(static_cast<int64_t>(recordings)); }
  void on_started(const Manifest& manifest) { emit(manifest, "started"); }
  /// Its files are closed.
  void on_ended(const Manifest& manifest);
  /// Its manifest has the checksums of its files.
  void on_hashed(const Manifest& manifest) { emit(manifest, "hashed"); }
  /// It has no folder, and so no files.
  void on_not_started(const Manifest& manifest);
  /// Tells the clients in a room whether they are recorded, and how.
  void announce(const std::string& room,
                const std::vector<std::shared_ptr<const Manifest>>& in_progress);

 private:
  void emit(const Manifest& manifest, const char* what);

  const veche::Host host_;
  Metric active_, finished_, failed_, bytes_, dropped_;
};

}  // namespace veche::recording
