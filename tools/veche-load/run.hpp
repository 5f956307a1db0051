// SPDX-License-Identifier: Apache-2.0
// One run: join, talk, measure, leave, and report.
#pragma once

#include <string>
#include <vector>

#include "crowd.hpp"
#include "glib/control_loop.hpp"
#include "http_api.hpp"
#include "options.hpp"
#include "results.hpp"

namespace veche::load {

/// [control] all of it.
class Run {
 public:
  Run(glib::ControlLoop& loop, const Options& options, Voice voice);

  /// Blocks until all participants have left. An error if none could try to join.
  Status execute();
  /// Makes all participants leave now.
  void interrupt();
  Results results() const;

 private:
  enum class Phase { Preparing = 1, Joining, Talking, Leaving, CoolingDown };
  /// The values compared between the beginning and the end of the talk.
  struct Reading {
    int64_t at_ns = 0;
    uint64_t received = 0;
    double server_cpu_s = 0;
    double own_cpu_s = 0;
  };

  /// Makes the rooms from this one on, one after the other; then the joins begin.
  void open_rooms(uint32_t room);
  void tick();
  void join_who_is_due(int64_t now_ns);
  void advance(int64_t now_ns);
  void enter(Phase phase, int64_t now_ns);
  bool churns() const { return options_.stay_s > 0 || options_.leave_early > 0; }
  bool talk_is_over(int64_t now_ns) const;
  Reading read(int64_t now_ns) const;
  void sample_server();
  void print_progress(int64_t now_ns);

  glib::ControlLoop& loop_;
  Options options_;
  Voice voice_;
  Rooms rooms_;
  HttpApi http_;
  Crowd crowd_;
  glib::Timer timer_;
  Status outcome_ = Ok{};

  Phase phase_ = Phase::Preparing;
  double joins_begin_cpu_s_ = 0;  // Of the server.
  int64_t started_ns_ = 0, phase_since_ns_ = 0, talk_start_ns_ = 0;
  uint32_t joins_begun_ = 0;
  Reading begin_, end_, last_;
  bool measuring_ = false;
  std::optional<ServerUse> server_;
};

}  // namespace veche::load
