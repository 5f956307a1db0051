// SPDX-License-Identifier: Apache-2.0
// A stage: only hosts are heard, everybody else listens.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <veche/plugin.hpp>

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

  explicit Stage(veche::Host host) : host_(host), everywhere_(read_hosts(host.config_json())) {}

  /// [lane] For several rooms at once, so it is const. What it has to know of a participant is the
  /// tag.
  void select(const veche::RoomView& room, veche::Assignments& out) const noexcept {
    const auto is_host = [](const veche_candidate& candidate) { return candidate.tag == kHost; };
    for (const veche_listener& listener : room.listeners()) out.fill(listener, is_host);
    for (const veche_candidate& candidate : room.candidates())
      out.set_speaking(candidate, candidate.level < kSpeech && is_host(candidate));
  }

  /// The server may have rooms already, if the plugin was enabled later. It selects once this has
  /// returned.
  void start() {
    host_.post([this] {
      host_.visit_rooms(
          [this](const veche_room_info& info) { tag_hosts(info.room, hosts_of(info.room)); });
    });
  }

  void on_event(const veche::Event& event) {
    if (event.type == "room.closed") rooms_.erase(std::string(event.room));
    const std::string room(event.room);
    if (event.type == "participant.joined") tag_hosts(room, hosts_of(room));
  }

  veche::Reply get_hosts(const veche::Request& request) {
    veche::Json answer;
    answer["hosts"] = veche::Json::Array();
    for (const std::string& name : hosts_of(request.params[0])) answer["hosts"].push_back(name);
    return veche::Reply::json(answer.text());
  }

  veche::Reply put_hosts(const veche::Request& request) {
    const std::string room = request.params[0];
    Names hosts = read_hosts(request.body);
    if (tag_hosts(room, hosts) != VECHE_OK)
      throw veche::Failure(VECHE_E_GONE, "there is no room \"" + room + "\"");
    rooms_[room] = std::move(hosts);
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
  using Names = std::set<std::string>;
  static constexpr uint8_t kSpeech = 60;  ///< Quieter than -60 dBov is nobody speaking.
  static constexpr uint64_t kHost = 1;    ///< The tag of those who are heard.

  /// {"hosts": ["ann"]}, which the server has checked against the schema.
  static Names read_hosts(std::string_view json) {
    const auto parsed = veche::Json::parse(json);
    if (!parsed) throw veche::Failure(VECHE_E_INVALID, "the hosts are not JSON");
    Names names;
    for (const veche::Json& name : (*parsed)["hosts"].elements())
      names.insert(name.get<std::string>().value_or(""));
    return names;
  }
  const Names& hosts_of(const std::string& room) const {
    const auto own = rooms_.find(room);
    return own != rooms_.end() ? own->second : everywhere_;
  }
  veche_status tag_hosts(const std::string& room, const Names& hosts) const {
    return host_.visit_participants(room, [&](const veche_participant_info& participant) {
      const bool is_host = hosts.contains(participant.participant);
      host_.set_tag(room, participant.participant, is_host ? kHost : 0);
    });
  }

  const veche::Host host_;
  const Names everywhere_;
  std::map<std::string, Names> rooms_;  ///< Of rooms that have a list of their own.
};
