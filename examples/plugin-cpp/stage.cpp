// SPDX-License-Identifier: Apache-2.0
// A stage: only hosts are heard, everybody else listens.
#include <map>
#include <string>
#include <veche/plugin.hpp>
#include <vector>

#include "host_list.hpp"

namespace {

#define HOSTS                                                                          \
  R"({"type": "object", "properties": {"hosts": {"type": "array", "default": [],)"     \
  R"( "maxItems": 256, "items": {"type": "string", "minLength": 1, "maxLength": 64},)" \
  R"( "description": "Participants who are heard."}}})"

class Stage {
 public:
  static constexpr veche::Info kInfo{.id = "org.example.stage",
                                     .version = "1.0.0",
                                     .license = "Apache-2.0",
                                     .summary = "Only hosts are heard.",
                                     .schema = HOSTS,
                                     .needs = {VECHE_HOST_CONFIG, VECHE_HOST_ROOMS}};

  explicit Stage(veche::Host host)
      : host_(host), everywhere_(stage::parse_hosts(host.config_json())) {}

  /// [lane] For several rooms at once, so it is const and reads only what may change under it.
  void select(const veche::RoomView& room, veche::Assignments& out) const noexcept {
    const auto is_host = [this](const veche_candidate& candidate) {
      return hosts_.contains(candidate.participant);
    };
    for (const veche_listener& listener : room.listeners()) out.fill(listener, is_host);
    for (const veche_candidate& candidate : room.candidates())
      out.set_speaking(candidate, candidate.level < kSpeech && is_host(candidate));
  }

  void on_event(const veche::Event& event) {
    if (event.type == "room.closed") rooms_.erase(std::string(event.room));
    if (event.type == "participant.joined" || event.type == "participant.left") find_hosts();
  }

  veche::Reply get_hosts(const veche::Request& request) {
    const auto room = rooms_.find(request.params[0]);
    return veche::Reply::json(stage::hosts_json(room != rooms_.end() ? room->second : everywhere_));
  }

  veche::Reply put_hosts(const veche::Request& request) {
    const std::string room = request.params[0];
    const auto nothing = [](const veche_participant_info&) {};
    if (host_.visit_participants(room, nothing) != VECHE_OK)
      throw veche::Failure(VECHE_E_GONE, "there is no room \"" + room + "\"");
    rooms_[room] = stage::parse_hosts(request.body);
    find_hosts();
    return get_hosts(request);
  }

  static constexpr veche::Route<Stage> kRoutes[] = {
      {"GET", "/rooms/{room}/hosts", VECHE_ACCESS_READ, "Who is heard.", &Stage::get_hosts, nullptr,
       R"({"200": {"description": "The hosts of the room.", "schema": )" HOSTS "}}"},
      {"PUT", "/rooms/{room}/hosts", VECHE_ACCESS_ROOMS, "Decides who is heard in this room.",
       &Stage::put_hosts, HOSTS,
       R"({"200": {"description": "The hosts from now on.", "schema": )" HOSTS
       R"(}, "404": {"description": "There is no such room."}})"}};

 private:
  static constexpr uint8_t kSpeech = 60;  ///< Quieter than -60 dBov is nobody speaking.

  /// Lanes know numbers, people know names.
  void find_hosts() {
    std::vector<uint64_t> numbers;
    host_.visit_rooms([&](const veche_room_info& info) {
      const auto room = rooms_.find(info.room);
      const stage::Names& names = room != rooms_.end() ? room->second : everywhere_;
      host_.visit_participants(info.room, [&](const veche_participant_info& participant) {
        if (names.contains(participant.participant)) numbers.push_back(participant.id);
      });
    });
    hosts_.set(numbers);
  }

  const veche::Host host_;
  const stage::Names everywhere_;
  std::map<std::string, stage::Names> rooms_;  ///< Of rooms that have a list of their own.
  stage::HostNumbers hosts_;
};

}  // namespace

VECHE_EXPORT_PLUGIN(Stage, veche::Selector, veche::Observer, veche::HttpRoutes);
