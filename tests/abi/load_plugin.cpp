// SPDX-License-Identifier: Apache-2.0
// Loads one plugin as the server does, tells it that Ada joined the lobby, and stops it:
// load_plugin NAME PATH CONFIG.
#include <cstdio>

#include "plugin/host.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  veche::glib::ControlLoop loop;
  veche::plugin::PluginRequest request;
  request.name = argv[1];
  request.path = argv[2];
  request.config = argv[3];
  request.required = true;
  veche::plugin::HostSettings settings;
  settings.plugins.push_back(request);
  const auto problems = veche::plugin::Host::check(settings);
  for (const auto& problem : problems) {
    fprintf(stderr, "%s: %s: %s\n", problem.name.c_str(), problem.pointer.c_str(),
            problem.detail.c_str());
  }
  auto host = veche::plugin::Host::load(loop, settings);
  if (!host) {
    fprintf(stderr, "%s\n", host.error().message.c_str());
    return 1;
  }
  veche::room::Event event;
  event.seq = 1;
  event.type = "participant.joined";
  event.room = "lobby";
  event.participant = "ada";
  (*host)->on_event(event);
  const auto timer = loop.once(50, [&loop] { loop.quit(); });
  loop.run();
  (*host)->stop();
  return 0;
}
