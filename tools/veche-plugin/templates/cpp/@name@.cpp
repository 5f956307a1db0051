// Says hello to everybody who joins a room.
#include <string>
#include <veche/plugin.hpp>

class @Name @{public : static constexpr veche::Info kInfo{
    .id = "org.example.@name@",
    .version = "0.1.0",
    .summary = "Says hello to everybody who joins a room.",
    .schema = R"({"type": "object", "properties": {"greeting": {
        "type": "string", "minLength": 1, "maxLength": 80, "default": "hello",
        "description": "What everybody is told who joins."}}})"};

explicit @Name @(veche::Host host)
    : host_(host), greeting_(host.config<std::string>("/greeting")) {}

// Timers, threads and sockets begin in start(), and end in stop(); both may be left out.

void on_event(const veche::Event& event) {
  if (event.type == "participant.joined")
    host_.info(greeting_ + ", " + std::string(event.participant));
}

private:
veche::Host host_;
std::string greeting_;
}
;

VECHE_EXPORT_PLUGIN(@Name @, veche::Observer);
