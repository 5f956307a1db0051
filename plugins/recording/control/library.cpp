// SPDX-License-Identifier: Apache-2.0
// An index in memory of the store on the disk.
#include "recording/control/library.hpp"

#include <exception>
#include <filesystem>
#include <utility>

#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"

namespace veche::recording {

Library::Library(std::shared_ptr<Gate> gate, const Settings& settings)
    : gate_(std::move(gate)),
      retention_(settings.retention),
      store_(std::make_shared<Store>(settings.directory, settings.name_template)),
      directory_(std::filesystem::absolute(settings.directory)) {}

/// Runs job() on the disk's thread, and done() with its result on control.
template <class Job, class Done>
void Library::run(Job job, Done done, Failed failed) {
  const Failed refuse = failed;
  const bool accepted = disk_.run(
      [gate = gate_, job = std::move(job), done = std::move(done), failed = std::move(failed)] {
        try {
          // A std::function is copied, so a result that cannot be copied is shared.
          auto result = std::make_shared<decltype(job())>(job());
          gate->post([done, result] { done(*result); });
        } catch (const std::exception& exception) {
          gate->post([failed, why = std::string(exception.what())] { failed(why); });
        }
      });
  if (!accepted) refuse("too many jobs wait for the disk already");
}

void Library::scan(std::function<void()> scanned) {
  run([store = store_] { return store->scan(); },
      [this, scanned = std::move(scanned)](Store::Scan& scan) {
        for (const std::string& warning : scan.warnings) gate_->warning(warning);
        for (Stored& recording : scan.recordings) add(std::move(recording));
        scanned();
      },
      [this](const std::string& why) { gate_->warning("recordings cannot be listed: " + why); });
}

void Library::create(const std::string& room, const std::string& id, int64_t unix_ms,
                     std::function<void(Store::Place& place)> made, Failed failed) {
  run([store = store_, room, id, unix_ms] { return store->create(room, id, unix_ms); },
      std::move(made), std::move(failed));
}

void Library::add(Stored recording) {
  if (recording.manifest.state != State::Failed) {
    for (TrackEntry& track : recording.manifest.tracks) track.gaps = {};
    recording.manifest.speech = {};
  }
  const std::string id = recording.manifest.id;
  recordings_.insert_or_assign(id, std::move(recording));
}

const Stored* Library::find(const std::string& id) const {
  const auto found = recordings_.find(id);
  return found != recordings_.end() ? &found->second : nullptr;
}

void Library::read(const Stored& recording, std::function<void(std::string)> done, Failed failed) {
  if (recording.manifest.state == State::Failed) return done(to_json(recording.manifest));
  run(
      [store = store_, path = recording.path] {
        const Descriptor folder = store->open(path);
        return read_whole(folder.get(), kManifestName, kMaxManifestBytes);
      },
      [done = std::move(done)](std::string& json) { done(std::move(json)); }, std::move(failed));
}

void Library::open_file(const Stored& recording, const std::string& name,
                        std::function<void(int fd)> done, Failed failed) {
  run([store = store_, recording, name] { return store->open_file(recording, name); },
      [done = std::move(done)](Descriptor& file) { done(file.release()); }, std::move(failed));
}

void Library::remove(const std::string& id, std::function<void()> done, Failed failed) {
  const Stored* recording = find(id);
  if (!recording) return done();
  run(
      [store = store_, path = recording->path] {
        store->remove(path);
        return true;
      },
      [this, id, done = std::move(done)](bool) {
        recordings_.erase(id);
        done();
      },
      std::move(failed));
}

void Library::forget(const std::string& path) {
  run(
      [store = store_, path] {
        store->remove(path);
        return true;
      },
      [](bool) {}, [this](const std::string& why) { gate_->warning(why); });
}

void Library::remove_expired(int64_t now_unix_ms) {
  std::vector<Stored> all;
  std::map<std::string, std::string> ids;
  for (const auto& [id, recording] : recordings_) {
    all.push_back(recording);
    ids[recording.path] = id;
  }
  for (const std::string& path : expired(all, retention_, now_unix_ms)) {
    remove(
        ids[path], [] {},
        [this, path](const std::string& why) {
          gate_->warning(std::string("the expired recording ")
                             .append(path)
                             .append(" cannot be deleted: ")
                             .append(why));
        });
  }
}

std::string Library::directory_of(const std::string& path) const { return directory_ + "/" + path; }

}  // namespace veche::recording
