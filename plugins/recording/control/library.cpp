// SPDX-License-Identifier: Apache-2.0
// Jobs for two threads, and what becomes of their results.
#include "recording/control/library.hpp"

#include <cerrno>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>

#include "recording/clock.hpp"
#include "recording/control/views.hpp"
#include "recording/file/atomic_file.hpp"
#include "recording/file/io_failure.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/checksums.hpp"

namespace veche::recording {
namespace {

Manifest read_manifest(const Store& store, const std::string& path) {
  return parse_manifest(read_whole(store.open(path).get(), kManifestName, kMaxManifestBytes));
}

struct OpenedFile {
  Descriptor file;
  std::string type;
};

OpenedFile open_listed(const Store& store, const Stored& recording, const std::string& name) {
  const auto type = content_type_of(recording.manifest, name);
  if (!type) throw Failure(VECHE_E_GONE, "the recording has no file \"" + name + "\"");
  return {store.open_file(recording, name), *type};
}

struct Expiring {
  std::string id, path;
  std::string why;  ///< It could not be deleted; "": it is gone.
};

std::vector<Expiring> delete_all(Store& store, std::vector<Expiring> recordings) {
  for (Expiring& each : recordings) {
    try {
      store.remove(each.path);
    } catch (const Failure& failure) {
      // Somebody else may have deleted the folder.
      if (failure.code() != VECHE_E_GONE) each.why = failure.what();
    }
  }
  return recordings;
}

}  // namespace

Library::Library(std::shared_ptr<Gate> gate, const Settings& settings)
    : gate_(std::move(gate)),
      retention_(settings.retention),
      min_free_bytes_(settings.recorder.min_free_bytes),
      store_(std::make_shared<Store>(settings.directory, settings.name_template)),
      stopped_(std::make_shared<std::atomic<bool>>(false)),
      directory_(std::filesystem::absolute(settings.directory)) {}

Library::~Library() {
  constexpr uint32_t kEachMs = 500;
  stopped_->store(true, std::memory_order_relaxed);
  disk_.drain(kEachMs);
  hasher_.drain(kEachMs);
}

/// Runs job() on the thread, and done() with its result on control.
template <class Job, class Done>
void Library::run_on(DiskThread& thread, Job job, Done done, Failed failed) {
  const Failed refuse = failed;
  const bool accepted = thread.run(
      [gate = gate_, job = std::move(job), done = std::move(done), failed = std::move(failed)] {
        const auto fail = [&](veche_status code, const std::exception& failure) {
          gate->post([failed, refusal = Refusal{code, reason_of(failure), failure.what()}] {
            failed(refusal);
          });
        };
        try {
          // A std::function is copied, so a result that cannot be copied is shared.
          auto result = std::make_shared<decltype(job())>(job());
          gate->post([done, result] { done(*result); });
        } catch (const Failure& failure) {
          fail(failure.code(), failure);
        } catch (const std::exception& exception) {
          fail(VECHE_E_INTERNAL, exception);
        }
      });
  if (!accepted) refuse({VECHE_E_INTERNAL, "failure", "too many jobs wait for the disk already"});
}

template <class Job, class Done>
void Library::run(Job job, Done done, Failed failed) {
  run_on(disk_, std::move(job), std::move(done), std::move(failed));
}

void Library::take(Store::Scan& scan) {
  for (const std::string& warning : scan.warnings) gate_->warning(warning);
  bool all_fit = true;
  for (const Stored& recording : scan.recordings) {
    all_fit = index_.add(recording.path, recording.manifest, 0) && all_fit;
    // The server stopped before they were known.
    if (lacks_checksums(recording.manifest)) {
      add_checksums(recording.manifest.id, [](const Manifest*) {});
    }
  }
  if (!all_fit) {
    gate_->warning("there are more than " + std::to_string(Index::kMaxEntries) +
                   " recordings: the oldest are not listed, and not deleted either");
  }
  busy_.insert(busy_.end(), scan.busy.begin(), scan.busy.end());
}

void Library::scan(std::function<void()> scanned) {
  run(
      [store = store_] {
        return store->scan([](Manifest& manifest) {
          for (TrackEntry& track : manifest.tracks) track.gaps = {};
          manifest.speech = {};
        });
      },
      [this, scanned = std::move(scanned)](Store::Scan& scan) {
        take(scan);
        scanned();
      },
      [this](const Refusal& refusal) {
        gate_->warning("recordings cannot be listed: " + refusal.why);
      });
}

void Library::look_again() {
  for (const std::string& path : std::exchange(busy_, {})) {
    run([store = store_, path] { return store->scan_one(path); },
        [this](Store::Scan& scan) { take(scan); },
        [this](const Refusal& refusal) { gate_->warning(refusal.why); });
  }
}

void Library::create(const std::string& room, const std::string& id, int64_t unix_ms,
                     std::function<void(Store::Place& place)> made, Failed failed) {
  run(
      [store = store_, min_free = min_free_bytes_, room, id, unix_ms] {
        if (min_free > 0 && store->free_bytes() < min_free) {
          throw IoFailure(VECHE_E_EXHAUSTED,
                          "the disk has less than min_free_bytes left (" +
                              std::to_string(min_free) + " bytes): delete recordings, or files",
                          ENOSPC);
        }
        return store->create(room, id, unix_ms);
      },
      std::move(made), std::move(failed));
}

void Library::add(const std::string& path, const Manifest& manifest) {
  index_.add(path, manifest, boot_ms());
}

void Library::add_checksums(const std::string& id,
                            const std::function<void(const Manifest*)>& done) {
  const Index::Entry* recording = index_.find(id);
  if (!recording) return done(nullptr);
  run_on(
      hasher_,
      [store = store_, stopped = stopped_, path = recording->path] {
        if (stopped->load(std::memory_order_relaxed)) return std::optional<Manifest>();
        return recording::add_checksums(store->open(path).get(), *stopped);
      },
      [this, id, path = recording->path, done](std::optional<Manifest>& manifest) {
        const bool is_known = manifest && index_.find(id);
        if (is_known && manifest->id == id) index_.add(path, *manifest, 0);
        done(is_known ? &*manifest : nullptr);
      },
      [this, id, done](const Refusal& refusal) {
        gate_->warning("recording " + id + " has no checksums: " + refusal.why);
        done(nullptr);
      });
}

void Library::read(const Index::Entry& recording, std::function<void(std::string)> done,
                   Failed failed) {
  if (recording.unsaved) return done(to_json(*recording.unsaved));
  run(
      [store = store_, path = recording.path] {
        return read_whole(store->open(path).get(), kManifestName, kMaxManifestBytes);
      },
      [done = std::move(done)](std::string& json) { done(std::move(json)); }, std::move(failed));
}

void Library::open_file(const Index::Entry& recording, const std::string& name,
                        std::function<void(int fd, const std::string& type)> done, Failed failed) {
  run(
      [store = store_, is_whole = recording.is_whole,
       stored = Stored{recording.path, recording.manifest}, name] {
        if (is_whole) return open_listed(*store, stored, name);
        return open_listed(*store, {stored.path, read_manifest(*store, stored.path)}, name);
      },
      [done = std::move(done)](OpenedFile& opened) { done(opened.file.release(), opened.type); },
      std::move(failed));
}

void Library::remove(const std::string& id, const std::function<void()>& done, Failed failed) {
  const Index::Entry* recording = index_.find(id);
  if (!recording) return done();
  run(
      [store = store_, path = recording->path] {
        store->remove(path);
        return true;
      },
      [this, id, done](bool) {
        index_.erase(id);
        done();
      },
      [this, id, done, failed = std::move(failed)](const Refusal& refusal) {
        if (refusal.code != VECHE_E_GONE) return failed(refusal);
        // Somebody has deleted the folder.
        index_.erase(id);
        done();
      });
}

void Library::forget(const std::string& path) {
  run(
      [store = store_, path] {
        store->remove(path);
        return true;
      },
      [](bool) {}, [this](const Refusal& refusal) { gate_->warning(refusal.why); });
}

void Library::remove_expired(const Now& now, uint64_t in_progress_bytes) {
  // Others wait for the same thread.
  constexpr size_t kMostAtOnce = 100;
  if (!retention_.is_needed() || is_expiring_) return;
  std::vector<Expiring> batch;
  for (const std::string& id : expired(index_.aged(), retention_, now, in_progress_bytes)) {
    if (batch.size() == kMostAtOnce) break;
    if (!stuck_.contains(id)) batch.push_back({id, index_.find(id)->path, ""});
  }
  if (batch.empty()) return stuck_.clear();
  is_expiring_ = true;
  run([store = store_, batch = std::move(batch)] { return delete_all(*store, batch); },
      [this](std::vector<Expiring>& deleted) {
        is_expiring_ = false;
        for (const Expiring& each : deleted) {
          if (each.why.empty()) {
            index_.erase(each.id);
          } else {
            stuck_.insert(each.id);
            gate_->warning("the expired recording " + each.path +
                           " cannot be deleted: " + each.why);
          }
        }
      },
      [this](const Refusal& refusal) {
        is_expiring_ = false;
        gate_->warning("expired recordings cannot be deleted: " + refusal.why);
      });
}

std::string Library::directory_of(const std::string& path) const { return directory_ + "/" + path; }

}  // namespace veche::recording
