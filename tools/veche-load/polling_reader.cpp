// SPDX-License-Identifier: Apache-2.0
// Reads all sockets in turn.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "socket_reader.hpp"

namespace veche::load {
namespace {

constexpr auto kPeriod = std::chrono::milliseconds(2);

class PollingReader final : public SocketReader {
 public:
  PollingReader() : thread_([this] { run(); }) {}
  ~PollingReader() override {
    ending_ = true;
    thread_.join();
  }
  PollingReader(const PollingReader&) = delete;
  PollingReader& operator=(const PollingReader&) = delete;

  void add(Listener& listener) override {
    const std::lock_guard lock(mutex_);
    listeners_.insert(&listener);
  }
  void remove(Listener& listener) override {
    const std::lock_guard lock(mutex_);
    listeners_.erase(&listener);
  }

 private:
  void run() {
    while (!ending_) {
      {
        const std::lock_guard lock(mutex_);
        for (Listener* listener : listeners_) listener->on_readable();
      }
      std::this_thread::sleep_for(kPeriod);
    }
  }

  std::mutex mutex_;  // Guards the listeners; held while one is called.
  std::unordered_set<Listener*> listeners_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<SocketReader> make_polling_reader() { return std::make_unique<PollingReader>(); }

}  // namespace veche::load
