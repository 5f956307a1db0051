// SPDX-License-Identifier: Apache-2.0
// Waits for each socket on its own thread.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/time.hpp"
#include "socket_reader.hpp"

namespace veche::load {
namespace {

class Watch {
 public:
  explicit Watch(SocketReader::Listener& listener)
      : listener_(listener), bell_(eventfd(0, EFD_CLOEXEC)), thread_([this] { run(); }) {}
  ~Watch() {
    eventfd_write(bell_, 1);
    thread_.join();
    close(bell_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  /// Without a bell the thread ends late rather than never.
  static constexpr int64_t kLongestWaitNs = kNsPerS;

  void run() {
    pollfd events[] = {{listener_.descriptor(), POLLIN, 0}, {bell_, POLLIN, 0}};
    for (;;) {
      const int64_t wait_ns =
          std::clamp<int64_t>(listener_.due_ns() - monotonic_ns(), 0, kLongestWaitNs);
      const timespec wait{wait_ns / kNsPerS, wait_ns % kNsPerS};
      ppoll(events, std::size(events), &wait, nullptr);
      if (events[1].revents != 0) return;
      listener_.on_readable();
    }
  }

  SocketReader::Listener& listener_;
  const int bell_;
  std::thread thread_;
};

class WokenReader final : public SocketReader {
 public:
  void add(Listener& listener) override {
    const std::lock_guard lock(mutex_);
    watches_[&listener] = std::make_unique<Watch>(listener);
  }
  void remove(Listener& listener) override {
    std::unique_ptr<Watch> ended;
    const std::lock_guard lock(mutex_);
    const auto found = watches_.find(&listener);
    if (found == watches_.end()) return;
    ended = std::move(found->second);
    watches_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<Listener*, std::unique_ptr<Watch>> watches_;
};

}  // namespace

std::unique_ptr<SocketReader> make_woken_reader() { return std::make_unique<WokenReader>(); }

}  // namespace veche::load
