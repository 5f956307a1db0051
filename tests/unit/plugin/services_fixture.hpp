// SPDX-License-Identifier: Apache-2.0
// The services of one plugin as it sees them, with the control loop that they run on.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/time.hpp"
#include "plugin/services.hpp"

namespace veche::plugin {

class ServicesFixture : public ::testing::Test {
 protected:
  explicit ServicesFixture(std::string plugin, const char* schema = nullptr)
      : config_(make_config(schema)),
        services_(std::move(plugin), loop_, config_, callbacks_, surroundings_) {}

  template <class Table>
  const Table* table(const char* id) const {
    return static_cast<const Table*>(host_->get_extension(host_, id));
  }
  /// Runs all ready sources.
  void run() {
    while (loop_.iterate()) {
    }
  }
  /// Timers need real time; returns as soon as `done` holds.
  template <class Done>
  void run_until(Done&& done) {
    const int64_t deadline_ns = monotonic_ns() + 10 * kNsPerS;
    const glib::Timer wake = loop_.every(20, [] {});
    while (!done() && monotonic_ns() < deadline_ns) loop_.iterate(true);
  }

  glib::ControlLoop loop_;
  const Config config_;
  HookTimer callbacks_{"loop.callback"};
  Surroundings surroundings_;
  Services services_;
  const veche_host* const host_ = services_.host();

 private:
  static Config make_config(const char* schema) {
    std::vector<SchemaProblem> problems;
    return *Config::make(schema, "{}", problems);
  }
};

}  // namespace veche::plugin
