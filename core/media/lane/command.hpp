// SPDX-License-Identifier: Apache-2.0
// Control's requests to a lane: run there, acknowledged and freed on control.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "glib/control_loop.hpp"

namespace veche::media {

class Lane;

class LaneCommand {
 public:
  virtual ~LaneCommand() = default;
  /// [lane]
  virtual void run(Lane& lane) noexcept = 0;
  /// [control] Called after run(). Control then frees the command, so a lane frees none of
  /// control's memory.
  virtual void done() {}

 private:
  friend class CommandReturns;
  LaneCommand* next_ = nullptr;
};

/// The return path of all commands: an intrusive lock-free list that wakes control.
class CommandReturns {
 public:
  explicit CommandReturns(glib::ControlLoop& loop);
  /// [control] Acknowledges all commands returned so far.
  ~CommandReturns();
  CommandReturns(const CommandReturns&) = delete;
  CommandReturns& operator=(const CommandReturns&) = delete;

  /// [lane]
  void give_back(LaneCommand* command) noexcept;
  /// [control] Acknowledges returned commands, in order.
  void drain();
  bool empty() const noexcept { return newest_.load(std::memory_order_acquire) == nullptr; }

 private:
  std::atomic<LaneCommand*> newest_{nullptr};
  GMainContext* context_;
  GSource* source_;
};

template <class Run, class Done>
class CommandOf final : public LaneCommand {
 public:
  CommandOf(Run run, Done done) : run_(std::move(run)), done_(std::move(done)) {}
  void run(Lane& lane) noexcept override { run_(lane); }
  void done() override { done_(); }

 private:
  Run run_;
  Done done_;
};

/// A command of two callables: run(Lane&) on the lane, done() on control.
template <class Run, class Done>
std::unique_ptr<LaneCommand> make_command(Run run, Done done) {
  return std::make_unique<CommandOf<Run, Done>>(std::move(run), std::move(done));
}
template <class Run>
std::unique_ptr<LaneCommand> make_command(Run run) {
  return make_command(std::move(run), [] {});
}

}  // namespace veche::media
