// SPDX-License-Identifier: Apache-2.0
// The recordings on the disk: those that have ended, and the folders of those in progress.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "recording/control/disk_thread.hpp"
#include "recording/control/gate.hpp"
#include "recording/control/index.hpp"
#include "recording/settings.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {

/// [control] Threads of its own do what touches the disk: one for what clients wait for, one for
/// checksums. Callbacks run on control, and not after the gate is closed.
class Library {
 public:
  struct Refusal {
    veche_status code;   ///< VECHE_E_GONE: there is no such file or folder.
    std::string reason;  ///< As reason_of() says it.
    std::string why;     ///< A sentence.
  };
  using Failed = std::function<void(const Refusal&)>;

  /// Throws Failure if the directory cannot be used.
  Library(std::shared_ptr<Gate> gate, const Settings& settings);
  /// Waits a second at most for jobs under way, because a plugin that is started anew wants the
  /// directory.
  ~Library();

  /// Finds the recordings that exist already.
  void scan(std::function<void()> scanned);
  /// Creates the folder of a new recording, unless the disk has less than min_free_bytes left.
  void create(const std::string& room, const std::string& id, int64_t unix_ms,
              std::function<void(Store::Place& place)> made, Failed failed);
  /// A recording has ended now.
  void add(const std::string& path, const Manifest& manifest);
  /// Adds the checksums of a recording that has ended, when its turn comes. `done` gets the
  /// manifest with them; null: they could not be added.
  void add_checksums(const std::string& id, const std::function<void(const Manifest*)>& done);
  const Index& index() const { return index_; }

  void read(const Index::Entry& recording, std::function<void(std::string json)> done,
            Failed failed);
  /// A file that the recording's manifest lists, with its type.
  void open_file(const Index::Entry& recording, const std::string& name,
                 std::function<void(int fd, const std::string& type)> done, Failed failed);
  void remove(const std::string& id, const std::function<void()>& done, Failed failed);
  /// Removes the folder of a recording that never began.
  void forget(const std::string& path);
  void remove_expired(const Now& now, uint64_t in_progress_bytes);
  /// Looks again at recordings that a thread of an earlier plugin was still writing.
  void look_again();
  std::string directory_of(const std::string& path) const;

 private:
  template <class Job, class Done>
  void run(Job job, Done done, Failed failed);
  template <class Job, class Done>
  void run_on(DiskThread& thread, Job job, Done done, Failed failed);
  void take(Store::Scan& scan);

  const std::shared_ptr<Gate> gate_;
  const Retention retention_;
  const uint64_t min_free_bytes_;
  const std::shared_ptr<Store> store_;                // Shared with jobs.
  const std::shared_ptr<std::atomic<bool>> stopped_;  // The same.
  const std::string directory_;
  Index index_;
  bool is_expiring_ = false;       ///< A job deletes what has expired.
  std::set<std::string> stuck_;    ///< Ids that could not be deleted: others come first.
  std::vector<std::string> busy_;  ///< Paths.
  DiskThread disk_, hasher_;
};

}  // namespace veche::recording
