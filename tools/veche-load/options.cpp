// SPDX-License-Identifier: Apache-2.0
// Parses the command line of veche-load.
#include "options.hpp"

#include <glib.h>

#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>

#include "glib/ref.hpp"

namespace veche::load {
namespace {

/// The storage for GOption's results; it frees the texts.
struct Parsed {
  Options defaults;
  char *server = nullptr, *key = nullptr, *room = nullptr, *settings = nullptr, *prefix = nullptr;
  char *pattern = nullptr, *silence = nullptr, *json = nullptr;
  char *feedback = nullptr, *readers = nullptr;
  int rooms = static_cast<int>(defaults.rooms);
  int participants = static_cast<int>(defaults.participants);
  int talkers = static_cast<int>(defaults.talkers);
  int slots = static_cast<int>(defaults.slots);
  int pause_ms = static_cast<int>(defaults.pause_ms);
  int bit_rate_bps = defaults.voice.bit_rate_bps;
  int joining = 0, server_pid = 0, seed = static_cast<int>(defaults.seed);
  double turn_s = static_cast<double>(defaults.turn_ms) / 1000;
  double join_rate = defaults.join_rate, duration_s = defaults.duration_s;
  double stay_s = 0, leave_early = 0, cool_down_s = 0;
  gboolean offers_first = FALSE, noise_floor = FALSE, through_elements = FALSE,
           expect_no_loss = FALSE, bare = FALSE;

  ~Parsed() {
    for (char* text :
         {server, key, room, settings, prefix, pattern, silence, json, feedback, readers})
      g_free(text);
  }
};

Status parse(int argc, char** argv, Parsed& p) {
  const GOptionEntry entries[] = {
      {"server", 0, 0, G_OPTION_ARG_STRING, &p.server,
       "Address of the server (http://127.0.0.1:8080)", "URL"},
      {"key", 0, 0, G_OPTION_ARG_STRING, &p.key, "API key with the scope 'rooms' (dev.devsecret)",
       "ID.SECRET"},
      {"room", 0, 0, G_OPTION_ARG_STRING, &p.room, "Room to join; it is made (load)", "NAME"},
      {"rooms", 0, 0, G_OPTION_ARG_INT, &p.rooms,
       "Spread the participants evenly over ROOM-0, ROOM-1 and so on (1)", "N"},
      {"room-settings", 0, 0, G_OPTION_ARG_STRING, &p.settings, "JSON policy of the room ({})",
       "JSON"},
      {"name-prefix", 0, 0, G_OPTION_ARG_STRING, &p.prefix,
       "Participants are PREFIX-0 and so on (load)", "PREFIX"},
      {"participants", 0, 0, G_OPTION_ARG_INT, &p.participants,
       "How many join, all rooms together (10)", "N"},
      {"talkers", 0, 0, G_OPTION_ARG_INT, &p.talkers, "How many talk at once in each room (3)",
       "N"},
      {"pattern", 0, 0, G_OPTION_ARG_STRING, &p.pattern, "Who talks when (fixed)",
       "fixed|rotating|random"},
      {"turn", 0, 0, G_OPTION_ARG_DOUBLE, &p.turn_s, "Length of a turn (3)", "SECONDS"},
      {"pause", 0, 0, G_OPTION_ARG_INT, &p.pause_ms, "Pause before the next turn (200)", "MS"},
      {"silence", 0, 0, G_OPTION_ARG_STRING, &p.silence, "What the others send (dtx)",
       "dtx|continuous|none"},
      {"bitrate", 0, 0, G_OPTION_ARG_INT, &p.bit_rate_bps, "Of the voices' Opus (32000)", "BPS"},
      {"noise-floor", 0, 0, G_OPTION_ARG_NONE, &p.noise_floor, "Silence is noise at -70 dBov",
       nullptr},
      {"slots", 0, 0, G_OPTION_ARG_INT, &p.slots, "Receiving m-lines of each (3)", "N"},
      {"join-rate", 0, 0, G_OPTION_ARG_DOUBLE, &p.join_rate, "Joins per second (10)", "N"},
      {"joining", 0, 0, G_OPTION_ARG_INT, &p.joining,
       "At most this many join at the same time (0: as many as the rate says)", "N"},
      {"offers-first", 0, 0, G_OPTION_ARG_NONE, &p.offers_first,
       "Make all offers before the first participant joins", nullptr},
      {"duration", 0, 0, G_OPTION_ARG_DOUBLE, &p.duration_s, "How long people talk (20)",
       "SECONDS"},
      {"stay", 0, 0, G_OPTION_ARG_DOUBLE, &p.stay_s,
       "Silent participants leave after this time (0: at the end)", "SECONDS"},
      {"leave-early", 0, 0, G_OPTION_ARG_DOUBLE, &p.leave_early,
       "Part that leaves before DTLS is done (0)", "0..1"},
      {"server-pid", 0, 0, G_OPTION_ARG_INT, &p.server_pid,
       "Server's process, to read its CPU and memory", "PID"},
      {"through-elements", 0, 0, G_OPTION_ARG_NONE, &p.through_elements,
       "Send and receive through all of webrtcbin, with RTCP reports", nullptr},
      {"feedback", 0, 0, G_OPTION_ARG_STRING, &p.feedback,
       "What clients tell the server of what they receive (none)", "none|reports|full"},
      {"readers", 0, 0, G_OPTION_ARG_STRING, &p.readers,
       "Sockets are read every 2 ms, or a packet wakes its client (polling)", "polling|woken"},
      {"expect-no-loss", 0, 0, G_OPTION_ARG_NONE, &p.expect_no_loss,
       "Fail if anything is missing or came twice, or the generator was late", nullptr},
      {"bare", 0, 0, G_OPTION_ARG_NONE, &p.bare,
       "First measure what sealing and sending alone cost (3 s)", nullptr},
      {"cool-down", 0, 0, G_OPTION_ARG_DOUBLE, &p.cool_down_s,
       "Wait before the last look at the server (0)", "SECONDS"},
      {"json", 0, 0, G_OPTION_ARG_FILENAME, &p.json, "Write the results there", "FILE"},
      {"seed", 0, 0, G_OPTION_ARG_INT, &p.seed, "Of everything random (1)", "N"},
      {},
  };
  const std::unique_ptr<GOptionContext, void (*)(GOptionContext*)> context(
      g_option_context_new("- put a room of a Veche server under load"), g_option_context_free);
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  GError* raw = nullptr;
  const bool parsed = g_option_context_parse(context.get(), &argc, &argv, &raw);
  const glib::ErrorPtr error(raw);
  if (!parsed) return invalid(error->message);
  if (argc > 1) return invalid(std::string("unknown argument ") + argv[1]);
  return Ok{};
}

void take_text(const char* text, std::string& to) {
  if (text) to = text;
}

/// Without a text the default remains.
template <class T>
Status choose(const std::string& option, const char* text,
              std::initializer_list<std::pair<const char*, T>> choices, T& value) {
  if (!text) return Ok{};
  std::string names;
  for (const auto& [name, choice] : choices) {
    if (name == std::string_view(text)) {
      value = choice;
      return Ok{};
    }
    names += std::string(names.empty() ? "" : ", ") + name;
  }
  return invalid(option + " is one of " + names);
}

Status take_choices(const Parsed& p, Options& options) {
  Status status = choose(
      "--pattern", p.pattern,
      {{"fixed", Pattern::Fixed}, {"rotating", Pattern::Rotating}, {"random", Pattern::Random}},
      options.pattern);
  if (!status) return status;
  status =
      choose("--silence", p.silence,
             {{"dtx", Silence::Dtx}, {"continuous", Silence::Continuous}, {"none", Silence::None}},
             options.silence);
  if (!status) return status;
  status = choose("--readers", p.readers,
                  {{"polling", Readers::Polling}, {"woken", Readers::Woken}}, options.readers);
  if (!status) return status;
  return choose(
      "--feedback", p.feedback,
      {{"none", Feedback::None}, {"reports", Feedback::Reports}, {"full", Feedback::Full}},
      options.feedback);
}

Status check(const Parsed& p) {
  if (p.participants < 1 || p.participants > 65535) return invalid("--participants is 1 to 65535");
  if (p.rooms < 1 || p.rooms > p.participants) return invalid("--rooms is 1 to --participants");
  if (p.talkers < 0 || p.talkers > p.participants / p.rooms)
    return invalid("--talkers is 0 to the participants of each room");
  if (p.slots < 0 || p.slots > 64) return invalid("--slots is 0 to 64");
  if (p.turn_s < 0.1) return invalid("--turn is at least 0.1");
  if (p.bit_rate_bps < 6000 || p.bit_rate_bps > 40000) return invalid("--bitrate is 6000 to 40000");
  if (p.pause_ms < 0) return invalid("--pause is not negative");
  if (p.join_rate <= 0 || p.join_rate > 1000) return invalid("--join-rate is above 0, to 1000");
  if (p.joining < 0) return invalid("--joining is not negative");
  if (p.duration_s < 0 || p.stay_s < 0 || p.cool_down_s < 0)
    return invalid("--duration, --stay and --cool-down are not negative");
  if (p.through_elements && (p.feedback || p.readers)) {
    return invalid(
        "--through-elements leaves feedback and reading to webrtcbin: no --feedback, "
        "no --readers");
  }
  if (p.leave_early < 0 || p.leave_early > 1) return invalid("--leave-early is 0 to 1");
  return Ok{};
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Parsed p;
  Options options;
  Status status = parse(argc, argv, p);
  if (status) status = check(p);
  if (status) status = take_choices(p, options);
  if (!status) return status.error();
  take_text(p.server, options.server);
  take_text(p.key, options.key);
  take_text(p.room, options.room);
  take_text(p.settings, options.room_settings);
  take_text(p.prefix, options.name_prefix);
  take_text(p.json, options.json_path);
  options.participants = static_cast<uint32_t>(p.participants);
  options.rooms = static_cast<uint32_t>(p.rooms);
  options.talkers = static_cast<uint32_t>(p.talkers);
  options.slots = static_cast<uint32_t>(p.slots);
  options.turn_ms = static_cast<int64_t>(p.turn_s * 1000);
  options.pause_ms = p.pause_ms;
  options.join_rate = p.join_rate;
  options.offers_first = p.offers_first;
  options.joining = static_cast<uint32_t>(p.joining);
  options.duration_s = p.duration_s;
  options.stay_s = p.stay_s;
  options.leave_early = p.leave_early;
  options.server_pid = p.server_pid;
  options.seed = static_cast<uint32_t>(p.seed);
  options.voice = {p.bit_rate_bps, p.noise_floor != FALSE};
  options.through_elements = p.through_elements;
  options.expect_no_loss = p.expect_no_loss;
  options.bare = p.bare;
  options.cool_down_s = p.cool_down_s;
  if ((options.stay_s > 0 || options.leave_early > 0) && options.pattern != Pattern::Fixed) {
    return invalid("--stay and --leave-early need --pattern fixed: talkers stay");
  }
  return options;
}

}  // namespace veche::load
