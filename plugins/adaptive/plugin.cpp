// SPDX-License-Identifier: Apache-2.0
// The glue: rooms, their settings and requests go to the decisions.
#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>
#include <veche/plugin.hpp>

#include "adaptive/gauges.hpp"
#include "adaptive/rooms.hpp"
#include "adaptive/schemas.hpp"
#include "adaptive/settings.hpp"
#include "adaptive/views.hpp"

namespace {

using veche::Reply;
using veche::Request;
using veche::adaptive::Names;
using veche::adaptive::Policy;
using veche::adaptive::SessionState;

class Adaptive {
 public:
  static constexpr veche::Info kInfo{
      .id = "org.veche.adaptive",
      .version = "0.1.0",
      .license = "Apache-2.0",
      .summary = "Gives each listener what its network carries, protected against loss.",
      .schema = veche::adaptive::kConfigSchema,
      .needs = {VECHE_HOST_CONFIG, VECHE_HOST_ROOMS}};
  static constexpr const char* kRoomSettingsSchema = veche::adaptive::kRoomSchema;
  static constexpr const auto& kReasons = veche::adaptive::kReasons;

  explicit Adaptive(veche::Host host)
      : host_(std::move(host)),
        server_(veche::adaptive::parse_settings(host_.config_json())),
        gauges_(host_) {}

  void start() {
    host_.info(std::string("mode ") + name_of(server_.mode) + ", at most " +
               std::to_string(server_.max_redundancy) + " repeated packets");
  }

  void control(const veche::RoomControl& room) {
    rooms_.control(room, policy_of(room.name()));
    gauges_.show(rooms_);
    say_shedding();
  }
  void forget_session(uint64_t session) { rooms_.forget_session(session); }
  void forget_room(uint64_t room) {
    rooms_.forget_room(room);
    gauges_.show(rooms_);
    say_shedding();
  }

  void room_settings(std::string_view room, const veche::Values& values) {
    policies_[std::string(room)] =
        veche::adaptive::combine(server_, veche::adaptive::parse_room(values.json()));
  }
  void on_event(const veche::Event& event) {
    if (event.type == "room.closed") policies_.erase(std::string(event.room));
  }

  Reply show_room(const Request& request) {
    const std::string room = request.params[0];
    const Names names = names_of(room);
    return Reply::json(
        room_json(rooms_, rooms_.find_room(room), room, policy_of(room).mode, names));
  }

  Reply show_participant(const Request& request) {
    const std::string room = request.params[0], participant = request.params[1];
    const Names names = names_of(room);
    uint64_t number = 0;
    for (const auto& [id, name] : names) {
      if (name == participant) number = id;
    }
    if (number == 0) {
      throw veche::Failure(VECHE_E_GONE,
                           "room \"" + room + "\" has no participant \"" + participant + "\"");
    }
    return Reply::json(participant_json(find_session(room, number), participant,
                                        policy_of(room).mode, names, now()));
  }

  static constexpr veche::Route<Adaptive> kRoutes[] = {
      {"GET", "/rooms/{room}", VECHE_ACCESS_READ,
       "What each listener of the room gets and why, and what each publisher was asked.",
       &Adaptive::show_room, nullptr, veche::adaptive::kRoomAnswer},
      {"GET", "/rooms/{room}/participants/{participant}", VECHE_ACCESS_READ,
       "What one participant gets and was asked, with its last minute.",
       &Adaptive::show_participant, nullptr, veche::adaptive::kParticipantAnswer}};

 private:
  const Policy& policy_of(std::string_view room) const {
    const auto found = policies_.find(room);
    return found != policies_.end() ? found->second : server_;
  }

  Names names_of(const std::string& room) const {
    Names names;
    const veche_status status =
        host_.visit_participants(room, [&names](const veche_participant_info& participant) {
          names.emplace(participant.id, participant.participant);
        });
    if (status != VECHE_OK) throw veche::Failure(VECHE_E_GONE, "there is no room \"" + room + "\"");
    return names;
  }

  const SessionState* find_session(const std::string& room, uint64_t participant) const {
    const auto* state = rooms_.find_room(room);
    if (state == nullptr) return nullptr;
    for (const uint64_t id : state->sessions) {
      const SessionState* session = rooms_.find_session(id);
      if (session != nullptr && session->participant == participant) return session;
    }
    return nullptr;
  }

  static veche::adaptive::Moment now() {
    using namespace std::chrono;
    return {duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count(),
            duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
  }

  void say_shedding() {
    static constexpr const char* kLines[] = {
        "no lane is overloaded any more: all listeners get everything again",
        "overload: listeners of a busy lane get no redundancy",
        "overload: listeners of a busy lane get neither redundancy nor retransmissions",
        "overload: listeners of a busy lane in the largest rooms get one slot each"};
    const uint8_t level = rooms_.shedding();
    if (level == said_) return;
    level > said_ ? host_.warning(kLines[level]) : host_.info(kLines[level]);
    said_ = level;
  }

  /// Finds by views without making strings.
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };

  const veche::Host host_;
  const Policy server_;
  std::unordered_map<std::string, Policy, Hash, std::equal_to<>> policies_;  ///< By room.
  veche::adaptive::Rooms rooms_;
  veche::adaptive::Gauges gauges_;
  uint8_t said_ = 0;  ///< The level of shedding that the log has.
};

}  // namespace

VECHE_EXPORT_PLUGIN(Adaptive, veche::AudioController, veche::RoomSettings, veche::Observer,
                    veche::HttpRoutes);
