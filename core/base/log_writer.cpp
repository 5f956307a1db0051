// SPDX-License-Identifier: Apache-2.0
// A ring of bytes under a mutex, which is never held while anything is written.
#include "base/log_writer.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>

#include "base/time.hpp"

namespace veche {

/// Positions count bytes since the start. The bytes from `written` to `pushed` belong to the
/// writer; nothing is allocated after the construction, so that the last lines of a process that
/// crashed within malloc() still come out.
struct LogWriter::Queue {
  Queue(int to, size_t bytes_)
      : descriptor(to), capacity(bytes_), bytes(std::make_unique<char[]>(bytes_)) {}

  const int descriptor;
  const size_t capacity;
  const std::unique_ptr<char[]> bytes;
  std::mutex mutex;
  std::condition_variable changed;  ///< Something was pushed, or the end has come.
  bool is_ending = false;
  std::thread::id writer;
  std::atomic<uint64_t> pushed{0}, written{0}, dropped{0};
};

LogWriter::LogWriter(int descriptor, size_t capacity_bytes)
    : queue_(std::make_shared<Queue>(descriptor, capacity_bytes)) {
  std::thread thread([queue = queue_] {
    pthread_setname_np(pthread_self(), "log");
    work(queue);
  });
  queue_->writer = thread.get_id();
  thread.detach();
}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->is_ending = true;
  }
  queue_->changed.notify_one();
  flush(kEndMs);
}

bool LogWriter::push(std::string_view line, bool important) {
  {
    const std::lock_guard lock(queue_->mutex);
    const uint64_t begin = queue_->pushed.load(std::memory_order_relaxed);
    const size_t used = begin - queue_->written.load(std::memory_order_acquire);
    const size_t most = important ? queue_->capacity : queue_->capacity / 4 * 3;
    if (used + line.size() > most) {
      queue_->dropped.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    const size_t at = begin % queue_->capacity;
    const size_t first = std::min(line.size(), queue_->capacity - at);
    std::memcpy(queue_->bytes.get() + at, line.data(), first);
    std::memcpy(queue_->bytes.get(), line.data() + first, line.size() - first);
    queue_->pushed.store(begin + line.size(), std::memory_order_release);
  }
  queue_->changed.notify_one();
  return true;
}

bool LogWriter::is_behind() const {
  const std::lock_guard lock(queue_->mutex);
  return queue_->pushed.load() - queue_->written.load() > queue_->capacity / 2;
}

bool LogWriter::flush(int64_t timeout_ms) noexcept {
  // The thread that writes cannot wait for itself.
  if (std::this_thread::get_id() == queue_->writer) return false;
  const uint64_t target = queue_->pushed.load(std::memory_order_acquire);
  const int64_t deadline_ns = monotonic_ns() + timeout_ms * kNsPerMs;
  while (queue_->written.load(std::memory_order_acquire) < target) {
    if (monotonic_ns() >= deadline_ns) return false;
    const timespec pause{0, kNsPerMs / 4};
    nanosleep(&pause, nullptr);
  }
  return true;
}

uint64_t LogWriter::dropped() const { return queue_->dropped.load(std::memory_order_relaxed); }

void LogWriter::work(const std::shared_ptr<Queue>& queue) {
  for (;;) {
    uint64_t begin = 0, end = 0;
    {
      std::unique_lock lock(queue->mutex);
      const auto is_empty = [&] { return queue->pushed.load() == queue->written.load(); };
      queue->changed.wait(lock, [&] { return queue->is_ending || !is_empty(); });
      if (is_empty()) return;
      begin = queue->written.load();
      end = queue->pushed.load();
    }
    const size_t at = begin % queue->capacity;
    write_some(*queue, queue->bytes.get() + at,
               std::min<size_t>(end - begin, queue->capacity - at));
  }
}

void LogWriter::write_some(Queue& queue, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(queue.descriptor, bytes, count);
    size_t done = 0;
    if (written >= 0) {
      done = static_cast<size_t>(written);
    } else if (errno == EAGAIN) {
      // A terminal, or a pipe that its other end has made so.
      pollfd writable{queue.descriptor, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      // Nobody reads any more, or the disk is full; that cannot be reported anywhere else.
      done = count;
      queue.dropped.fetch_add(static_cast<uint64_t>(std::count(bytes, bytes + count, '\n')),
                              std::memory_order_relaxed);
    }
    bytes += done;
    count -= done;
    queue.written.fetch_add(done, std::memory_order_release);
  }
}

}  // namespace veche
