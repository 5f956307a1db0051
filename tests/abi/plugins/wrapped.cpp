// SPDX-License-Identifier: Apache-2.0
// A plugin made with the C++ wrapper, which uses all of it that this host has.
#include <stdexcept>
#include <string>
#include <veche/plugin.hpp>

namespace {

class Wrapped {
 public:
  static constexpr veche::Info kInfo{.id = "org.example.wrapped",
                                     .version = "1.2.3",
                                     .license = "Apache-2.0",
                                     .summary = "Uses the wrapper.",
                                     .schema = R"({"type": "object", "properties": {
        "fail": {"type": "string", "default": ""}, "limit": {"type": "integer", "default": 2},
        "share": {"type": "number", "default": 0.5}, "on": {"type": "boolean", "default": true},
        "names": {"type": "array", "items": {"type": "string"}, "default": ["ann", "bob"]}}})",
                                     .needs = {VECHE_HOST_LOG, VECHE_HOST_LOOP}};

  explicit Wrapped(veche::Host host) : host_(host), fail_(host.config<std::string>("/fail")) {
    fail_at("create");
    host_.info("limit " + std::to_string(host_.config<int64_t>("/limit")) + ", share " +
               std::to_string(host_.config<double>("/share")) + ", on " +
               std::to_string(host_.config<bool>("/on")) + ", " +
               std::to_string(host_.config_list<std::string>("/names").size()) + " names");
    if (fail_ == "missing") host_.config<int64_t>("/no/such/key");
  }

  void start() {
    fail_at("start");
    timer_ = host_.every(10, [this] {
      host_.info("tick");
      host_.cancel(timer_);  // From within itself.
    });
    host_.post([this] {
      host_.info("posted");
      fail_at("post");
    });
  }
  void stop() {
    fail_at("stop");
    host_.info(host_.post([] {}) == VECHE_E_GONE ? "no post any more" : "a post was taken");
  }

  static constexpr const char* kRoomSettingsSchema = R"({"type": "object", "properties": {
      "sign": {"type": "string", "default": "open"}, "limit": {"type": "integer"}}})";
  void room_settings(std::string_view room, const veche::Values& values) {
    fail_at("room_settings");
    const std::string name(room), text(values.json());
    host_.info(name + " has " + text);
    if (host_.announce(name, text) != VECHE_OK) host_.info(name + " is gone");
    if (host_.emit(name, "", "wrapped.sign", text) != VECHE_OK) host_.info("no event");
  }

  void on_event(const veche::Event& event) {
    fail_at("on_event");
    // Dropped if it is the last thing before stop(); freed nevertheless.
    host_.post([host = host_, text = std::string(event.type)] { host.info(text); });
  }

  veche::Reply fail(const veche::Request& request) {
    const std::string how = request.params[0];
    if (how == "private") throw std::runtime_error("the password is hunter2");
    if (how == "internal") throw veche::Failure(VECHE_E_INTERNAL, "the password is hunter2");
    throw veche::Failure(VECHE_E_GONE, "there is no " + how);
  }
  static constexpr veche::Route<Wrapped> kRoutes[] = {
      {"GET", "/fail/{how}", VECHE_ACCESS_READ, "Fails.", &Wrapped::fail}};

  static constexpr const char* kMessageSchema = R"({"type": "object", "properties": {
      "hand": {"type": "boolean", "default": true}}})";
  void on_message(const veche::ClientMessage& message) {
    fail_at("on_message");
    if (!*message.values.get<bool>("/hand"))
      throw veche::Failure(VECHE_E_INVALID, "is down already", "/hand");
    host_.info(std::string(message.participant) + " in " + std::string(message.room) + " sent " +
               std::string(message.values.json()));
  }

  void admit(const veche_admission_request& request, veche::Admission& admission) {
    if (std::string_view(request.participant) == "mallory")
      throw veche::Failure(VECHE_E_INVALID, "mallory is not welcome");
    admission.muted = 1;
    veche::Json attributes = veche::Json::parse(request.attributes).value();
    attributes["seat"] = "last";
    admission.attributes_json = attributes.text();
  }

  struct Settings {
    int limit;
  };
  Settings make_settings(const veche::Values& values) const {
    const int64_t limit = values.get<int64_t>("/limit").value_or(1);
    if (limit != 1 && limit != 7) throw veche::Failure(VECHE_E_INVALID, "must be 7", "/limit");
    return {static_cast<int>(limit)};
  }

  class Room {
   public:
    explicit Room(const Settings& settings) : limit_(settings.limit) {}
    void use_settings(const Settings& settings) noexcept { limit_ = settings.limit; }
    void select(const veche::RoomView& room, veche::Assignments& out) noexcept {
      for (const veche_listener& listener : room.listeners()) {
        int left = limit_;
        out.fill(listener, [&](const veche_candidate& candidate) {
          return candidate.level < 60 && left-- > 0;
        });
      }
      for (const veche_candidate& candidate : room.candidates()) {
        out.set_speaking(candidate, candidate.level < 60);
        if (candidate.level == 0) out.set_dominant(candidate.track);
      }
      for (const veche_candidate& candidate : room.candidates()) {
        if (veche::attribute(candidate, "role") == "host") out.set_dominant(candidate.track);
      }
    }

   private:
    int limit_;
  };

  struct RouteState {
    uint32_t packets;
  };
  /// Drops each second packet of a route.
  void decide(RouteState& state, const veche_route&, veche::Packets packets,
              std::span<uint32_t> verdicts) const noexcept {
    for (size_t i = 0; i < packets.size(); ++i)
      verdicts[i] = ++state.packets % 2 == 1 ? VECHE_VERDICT_FORWARD : VECHE_VERDICT_DROP;
  }

 private:
  void fail_at(const char* where) const {
    if (fail_ == where) throw veche::Failure(VECHE_E_INVALID, "wanted to fail");
  }

  const veche::Host host_;
  const std::string fail_;
  uint64_t timer_ = 0;
};

}  // namespace

VECHE_EXPORT_PLUGIN(Wrapped, veche::Observer, veche::Selector, veche::PacketPolicy,
                    veche::RoomSettings, veche::HttpRoutes, veche::ClientMessages,
                    veche::Doorkeeper);
