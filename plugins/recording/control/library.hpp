// SPDX-License-Identifier: Apache-2.0
// The recordings on the disk: those that have ended, and the folders of those in progress.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "recording/control/disk_thread.hpp"
#include "recording/control/gate.hpp"
#include "recording/file/manifest.hpp"
#include "recording/settings.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {

/// [control] A thread of its own does what touches the disk; callbacks run on control, and not
/// after the gate is closed.
class Library {
 public:
  using Failed = std::function<void(const std::string& why)>;

  /// Throws Failure if the directory cannot be used.
  Library(std::shared_ptr<Gate> gate, const Settings& settings);

  /// Finds the recordings that exist already.
  void scan(std::function<void()> scanned);
  /// Creates the folder of a new recording.
  void create(const std::string& room, const std::string& id, int64_t unix_ms,
              std::function<void(Store::Place& place)> made, Failed failed);
  /// Gaps and speech stay on the disk, except those of a recording that has failed: its disk may
  /// not have taken the last manifest.
  void add(Stored recording);
  const std::map<std::string, Stored>& recordings() const { return recordings_; }
  /// Null if there is no such recording, or it is in progress.
  const Stored* find(const std::string& id) const;

  void read(const Stored& recording, std::function<void(std::string json)> done, Failed failed);
  void open_file(const Stored& recording, const std::string& name, std::function<void(int fd)> done,
                 Failed failed);
  void remove(const std::string& id, std::function<void()> done, Failed failed);
  /// Removes the folder of a recording that never began.
  void forget(const std::string& path);
  void remove_expired(int64_t now_unix_ms);
  std::string directory_of(const std::string& path) const;
  /// Waits for jobs under way, at most `ms`.
  void drain(uint32_t ms) { disk_.drain(ms); }

 private:
  template <class Job, class Done>
  void run(Job job, Done done, Failed failed);

  const std::shared_ptr<Gate> gate_;
  const Retention retention_;
  const std::shared_ptr<Store> store_;
  const std::string directory_;
  std::map<std::string, Stored> recordings_;  ///< By id, which begins with the time.
  DiskThread disk_;
};

}  // namespace veche::recording
