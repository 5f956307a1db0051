// SPDX-License-Identifier: Apache-2.0
// The recordings that are on the disk: those that have ended, and the folders of those in progress.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "recording/control/gate.hpp"
#include "recording/control/worker.hpp"
#include "recording/file/manifest.hpp"
#include "recording/settings.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {

/// [control] What touches the disk runs on a worker; its callbacks come back on control, and not
/// after the gate is closed.
class Library {
 public:
  using Failed = std::function<void(const std::string& why)>;

  /// Throws Failure if the directory cannot be used.
  Library(std::shared_ptr<Gate> gate, const Settings& settings);

  /// Finds what is there already.
  void scan(std::function<void()> scanned);
  /// Makes the folder of a new recording.
  void create(const std::string& room, const std::string& id, int64_t unix_ms,
              std::function<void(Store::Place& place)> made, Failed failed);
  /// Gaps and speech are on the disk and not kept here, except of one that has failed: its disk may
  /// not have taken its last words.
  void add(Stored recording);
  const std::map<std::string, Stored>& recordings() const { return recordings_; }
  /// Null if it is not here, or in progress.
  const Stored* find(const std::string& id) const;

  void read(const Stored& recording, std::function<void(std::string json)> done, Failed failed);
  void open_file(const Stored& recording, const std::string& name, std::function<void(int fd)> done,
                 Failed failed);
  void remove(const std::string& id, std::function<void()> done, Failed failed);
  /// The folder of a recording that never began.
  void forget(const std::string& path);
  void remove_expired(int64_t now_unix_ms);
  std::string directory_of(const std::string& path) const;
  /// Waits for what is under way, at most `ms`.
  void drain(uint32_t ms) { worker_.drain(ms); }

 private:
  template <class Work, class Done>
  void run(Work work, Done done, Failed failed);

  const std::shared_ptr<Gate> gate_;
  const Retention retention_;
  const std::shared_ptr<Store> store_;
  const std::string directory_;
  std::map<std::string, Stored> recordings_;  ///< By id, which begins with the time.
  Worker worker_;
};

}  // namespace veche::recording
