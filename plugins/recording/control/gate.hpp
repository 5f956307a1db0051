// SPDX-License-Identifier: Apache-2.0
// The way back to control for threads that may outlive the plugin.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <veche/cpp/host.hpp>

namespace veche::recording {

/// [any]
class Gate {
 public:
  explicit Gate(veche::Host host) : host_(std::move(host)) {}

  /// Calls back on control, soon; dropped after close().
  void post(std::function<void()> callback) {
    const std::lock_guard lock(mutex_);
    if (host_) host_->post(std::move(callback));
  }
  void log(uint32_t level, const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (!host_) return;
    if (level == VECHE_LOG_ERROR) {
      host_->error(line);
    } else if (level == VECHE_LOG_WARNING) {
      host_->warning(line);
    } else {
      host_->info(line);
    }
  }
  void warning(const std::string& line) { log(VECHE_LOG_WARNING, line); }
  /// [control] Cuts the way: the host is not used through this gate any more.
  void close() {
    const std::lock_guard lock(mutex_);
    host_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<veche::Host> host_;
};

}  // namespace veche::recording
