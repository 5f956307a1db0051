// SPDX-License-Identifier: Apache-2.0
// A plugin that writes every event into a file, a line of JSON each.
#include <fstream>
#include <veche/plugin.hpp>

class Events {
 public:
  static constexpr veche::Info kInfo{
      .id = "org.example.events",
      .version = "1.0.0",
      .license = "Apache-2.0",
      .summary = "Writes events into a file.",
      .schema = R"({"type": "object", "properties": {"file": {"type": "string", "default": ""}}})"};

  explicit Events(veche::Host host) : out_(host.config<std::string>("/file")) {}

  void on_event(const veche::Event& event) {
    std::string data(event.data);
    for (char& c : data) {
      if (c == '\n') c = ' ';
    }
    out_ << R"({"type":")" << event.type << R"(","room":")" << event.room << R"(","seq":)"
         << event.seq << R"(,"data":)" << data << "}" << std::endl;
  }

 private:
  std::ofstream out_;
};

VECHE_EXPORT_PLUGIN(Events, veche::Observer);
