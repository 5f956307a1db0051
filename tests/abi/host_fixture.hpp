// SPDX-License-Identifier: Apache-2.0
// A host that loads the plugins of this folder, and what the recorder plugin tells the test.
#pragma once

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "plugin/host.hpp"
#include "plugins/answerer.h"
#include "plugins/recorder.h"

namespace veche::plugin {

inline std::string test_dir() {
  const char* dir = getenv("VECHE_TEST_DIR");
  return dir ? dir : ".";
}

inline PluginRequest request(const std::string& name, bool required = false,
                             const std::string& config = "{}") {
  return {name, "", required, config};
}

inline HostSettings settings_of(std::vector<PluginRequest> plugins) {
  return {std::move(plugins), {"/nowhere", test_dir()}};
}

inline room::Event event(uint64_t seq, const char* type) {
  room::Event event;
  event.seq = seq;
  event.time_unix_ms = 1700000000000 + static_cast<int64_t>(seq);
  event.type = type;
  event.room = "lobby";
  event.participant = "ada";
  event.data = R"({"n":1})";
  return event;
}

class HostTest : public ::testing::Test {
 protected:
  PluginRequest recorder(const std::string& name = "recorder") {
    char config[64];
    snprintf(config, sizeof config, R"({"journal": "%)" PRIxPTR R"("})",
             reinterpret_cast<uintptr_t>(&journal_));
    return request(name, true, config);
  }
  /// The plugin is one directory up: the tests of HTTP load it too.
  static PluginRequest answerer(answerer_desk& desk, const std::string& name, bool serves_metrics) {
    char config[64];
    snprintf(config, sizeof config, R"({"desk": "%)" PRIxPTR R"("})",
             reinterpret_cast<uintptr_t>(&desk));
    return {name, test_dir() + "/../answerer.so", true, config, serves_metrics};
  }
  void run_until(const std::function<bool()>& done) {
    const int64_t deadline_ns = monotonic_ns() + 10 * kNsPerS;
    const glib::Timer wake = loop_.every(20, [] {});
    while (!done() && monotonic_ns() < deadline_ns) loop_.iterate(true);
  }
  static PluginInfo find(const Host& host, const std::string& name) {
    for (auto& info : host.plugins()) {
      if (info.name == name) return info;
    }
    return {};
  }

  glib::ControlLoop loop_;
  recorder_journal journal_{};
};

}  // namespace veche::plugin
