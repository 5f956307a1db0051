// SPDX-License-Identifier: Apache-2.0
// Empties the queue ten times a second until the recording ends.
#include "recording/recorder/recorder.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

constexpr uint32_t kTurnMs = 100;
constexpr int64_t kProgressNs = kNsPerS;
/// A copy of a manifest with very many tracks is made more rarely.
constexpr size_t kTracksPerProgress = 500;
constexpr int64_t kTrimNs = 60 * kNsPerS;
/// Calls have priority over recordings.
constexpr int kNiceness = 5;

}  // namespace

namespace {

/// glibc keeps what was freed for the thread; what tracks needed is for all.
void give_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

struct Recorder::Shared {
  Shared(int dir, Manifest first, const Plan& what, const RecorderSettings& how, Ended whom)
      : dir_fd(dir),
        plan(what),
        settings(how),
        queue(std::make_shared<RecorderQueue>(how.queue_bytes)),
        manifest(std::make_shared<const Manifest>(std::move(first))),
        ended(std::move(whom)) {}
  ~Shared() { close(dir_fd); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  const int dir_fd;
  const Plan plan;
  const RecorderSettings settings;
  const int64_t origin_ns = monotonic_ns();
  const std::shared_ptr<RecorderQueue> queue;

  std::mutex mutex;
  std::condition_variable done;
  std::shared_ptr<const Manifest> manifest;
  bool is_done = false;
  const Ended ended;
};

Recorder::Recorder(int dir_fd, Manifest manifest, const Plan& plan,
                   const RecorderSettings& settings, Ended ended)
    : shared_(
          std::make_shared<Shared>(dir_fd, std::move(manifest), plan, settings, std::move(ended))) {
  std::thread([shared = shared_] { run(shared); }).detach();
}

Recorder::~Recorder() { stop("shutdown"); }

const std::shared_ptr<RecorderQueue>& Recorder::queue() const { return shared_->queue; }

std::shared_ptr<const Manifest> Recorder::manifest() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->manifest;
}

void Recorder::stop(const std::string& ended_by) { shared_->queue->push(StopRequested{ended_by}); }

bool Recorder::wait(uint32_t ms) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->done.wait_for(lock, std::chrono::milliseconds(ms),
                                [this] { return shared_->is_done; });
}

void Recorder::run(const std::shared_ptr<Shared>& shared) {
  pthread_setname_np(pthread_self(), "recorder");
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness));
  const auto publish = [&](Manifest manifest) {
    auto current = std::make_shared<const Manifest>(std::move(manifest));
    const std::lock_guard lock(shared->mutex);
    shared->manifest = std::move(current);
  };

  RecordingWriter writer(shared->dir_fd, *shared->manifest, shared->plan, shared->settings,
                         shared->origin_ns);
  int64_t published_ns = shared->origin_ns, trimmed_ns = shared->origin_ns;
  size_t trimmed_tracks = 0;
  while (!writer.wants_to_end()) {
    RecorderQueue::Batch batch = shared->queue->take(kTurnMs);
    const int64_t now_ns = monotonic_ns();
    writer.handle(std::move(batch), now_ns);
    if (writer.ended_tracks() > trimmed_tracks && now_ns - trimmed_ns >= kTrimNs) {
      trimmed_tracks = writer.ended_tracks();
      trimmed_ns = now_ns;
      give_memory_back();
    }
    const auto size = static_cast<int64_t>(writer.ended_tracks() / kTracksPerProgress);
    if (now_ns - published_ns < kProgressNs * (1 + size)) continue;
    published_ns = now_ns;
    publish(writer.manifest(now_ns));
  }
  const int64_t now_ns = monotonic_ns();
  writer.finish(now_ns, unix_ms());
  publish(writer.manifest(now_ns));
  {
    const std::lock_guard lock(shared->mutex);
    shared->is_done = true;
    shared->done.notify_all();
  }
  shared->ended(shared->manifest);
  give_memory_back();
}

}  // namespace veche::recording
