// SPDX-License-Identifier: Apache-2.0
// `veche-plugin check`: the conformance kit. One function for each part.
#pragma once

#include <cstdint>
#include <string>

#include "glib/control_loop.hpp"
#include "plugin/plugin_instance.hpp"
#include "process_state.hpp"
#include "report.hpp"

namespace veche::tool {

struct CheckOptions {
  std::string file;
  std::string config = "{}";
  uint32_t cycles = 1000;  ///< How often the plugin is started and stopped.
};

/// Shared by all parts of the kit. [control]
struct Kit {
  const CheckOptions& options;
  Report& report;
  glib::ControlLoop& loop;
  plugin::Surroundings& surroundings;  ///< A server without rooms.
  const ProcessState& process_before;  ///< Before the library was opened.

  plugin::Candidate examine(const std::string& config) const;
  plugin::Candidate examine() const { return examine(options.config); }
};

/// True if nothing failed.
bool check(const CheckOptions& options);

/// The entry, the exports, the schema and the configuration. False if the plugin cannot be created.
bool check_entry(const Kit& kit);
/// Values outside the schema are refused; those at its limits start, or are refused with a reason.
void check_configuration(const Kit& kit);
/// Starts and stops many times: leaves no memory, descriptor or thread, and the process unchanged.
void check_life(const Kit& kit);
/// Events of all kinds, including unknown ones.
void check_events(const Kit& kit);
/// Rooms on two threads: legal slots, no allocation or lock.
void check_selector(const Kit& kit);
/// What make_settings() makes of settings at the limits of the schema for rooms.
void check_selector_settings(const Kit& kit);
/// What the schema for rooms refuses; rooms that open, change, and have closed already.
void check_room_settings(const Kit& kit);
/// Packets of several routes on two threads: valid verdicts, no allocation or lock.
void check_packet_policy(const Kit& kit);

/// Rooms whose sessions come and go: possible decisions.
void check_controller(const Kit& kit);
/// Requests for names that do not exist: each is answered.
void check_http_routes(const Kit& kit);
/// Participants that join, strange ones too: possible answers; a stop at once.
void check_admission(const Kit& kit);
/// Messages of clients, hostile ones and many of them: possible answers; a stop at once.
void check_client_messages(const Kit& kit);

/// Judges the log of the plugin: exceptions and calls on the wrong thread are failures.
void check_log(const Kit& kit, const std::string& part);
/// Judges the hooks that have been called: none throws, whether or not the wrapper catches it.
void check_hooks(const Kit& kit, const std::string& part, const plugin::PluginInstance& instance);

}  // namespace veche::tool
