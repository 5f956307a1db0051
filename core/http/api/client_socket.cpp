// SPDX-License-Identifier: Apache-2.0
// Feeds of rooms to WebSockets, and commands back.
#include "http/api/client_socket.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <exception>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

/// How long a WebSocket lasts that opens now: until `exp`; where only the leeway lets the token in,
/// until that ends, so that no client opens one after the other.
int64_t lifetime_ms(int64_t expires_ms, int64_t now_ms) {
  const int64_t end_ms = now_ms < expires_ms ? expires_ms : expires_ms + kLeewayMs;
  return std::clamp<int64_t>(end_ms - now_ms, 0, kMaxTokenMs + kLeewayMs);
}

/// JSON's numbers are doubles in most clients.
constexpr uint64_t kMaxSeq = uint64_t{1} << 53;

/// A client that goes on like this does not read the answers.
constexpr uint32_t kMostRefusedInARow = 200;

/// All of `text` as a whole number; nothing if it is none.
std::optional<uint64_t> number_in(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

constexpr char kQuery[] = R"({"properties": {
    "window": {"type": "integer", "minimum": 0, "maximum": 200, "default": 50,
        "description": "How many of the roster the client sees beside those that concern it."},
    "resume": {"type": "string", "examples": ["1f0c:17"],
        "description": "The stream of the snapshot, a colon, and the seq of the last message: go on from there."}}})";

/// `?window=` and `?resume=`.
Result<room::WatchRequest> watch_request_of(const Request& request) {
  room::WatchRequest asked;
  if (const std::string window = request.query_value("window"); !window.empty()) {
    const auto count = number_in(window);
    if (!count || *count > room::kMaxWindow) {
      return invalid("window has to be a whole number from 0 to " +
                     std::to_string(room::kMaxWindow) + ".");
    }
    asked.window = *count;
  }
  if (const std::string resume = request.query_value("resume"); !resume.empty()) {
    const size_t colon = resume.rfind(':');
    const auto seq = colon == std::string::npos
                         ? std::nullopt
                         : number_in(std::string_view(resume).substr(colon + 1));
    if (!seq || *seq > kMaxSeq) {
      return invalid(
          "resume has to be the stream of a snapshot, a colon, and the seq of the last "
          "message that the client has received.");
    }
    asked.resume = room::StreamPosition{resume.substr(0, colon), *seq};
  }
  return asked;
}

}  // namespace

ClientSocket::ClientSocket(ClientSockets& owner, glib::Ref<GIOStream> stream,
                           glib::Ref<GSocket> socket, Watched watched)
    : owner_(owner),
      watched_(std::move(watched)),
      socket_(owner.loop_, std::move(stream), std::move(socket), owner.ping_ms_,
              {.message = [this](const std::string& text) { on_message(text); },
               .closed = [this] { owner_.remove(this); }}) {
  watch();
  end_with_token();
}

void ClientSocket::watch() {
  room::Room* room = owner_.rooms_.find_room(watched_.room);
  if (room) {
    auto feed = room->watch(watched_.participant, *this, watched_.request);
    if (feed) feed_ = std::move(*feed);
  }
  // The participant was there when the upgrade began.
  if (!feed_) socket_.close(CloseCode::PolicyViolation);
}

void ClientSocket::end_with_token() {
  if (!caller().token) return;
  const int64_t left_ms = lifetime_ms(caller().token->expires_ms, unix_ms());
  expiry_ = owner_.loop_.once(static_cast<uint32_t>(left_ms), [this] { end("token_expired"); });
}

void ClientSocket::end(const char* reason) {
  feed_.reset();
  send("closing", closing_data(reason));
  socket_.close(CloseCode::Unauthorized);
}

void ClientSocket::send(const char* type, const std::string& data, MessageHead head) {
  head.type = type;
  head.seq = ++seq_;
  head.time = owner_.time();
  socket_.send(client_message(head, data));
}

void ClientSocket::on_message(const std::string& text) {
  const log::Scope scope({watched_.room, watched_.participant, {}});
  // GLib called us: nothing may be thrown through it.
  try {
    const Answer answer = answer_to(text);
    send(answer.type, answer.data, {.id = answer.id});
  } catch (const std::exception& error) {
    log::error("http", std::string("a client's command failed: ") + error.what());
    socket_.close(CloseCode::PolicyViolation);
  }
}

ClientSocket::Answer ClientSocket::answer_to(const std::string& text) {
  Checked<ClientCommand> command = read_client_command(text);
  const int64_t id = command.value.id;
  const auto refused = [id](const Problem& problem) {
    return Answer{"problem", id, to_json(problem)};
  };
  if (const auto problem = refuse_command()) return refused(*problem);
  if (!command) {
    return refused(
        problem_of(400, "The message is not what is expected here.", std::move(command.problems)));
  }
  room::Room* room = owner_.rooms_.find_room(watched_.room);
  room::Participant* participant = room ? room->find(watched_.participant) : nullptr;
  if (!participant) return refused(problem_of(404, "The participant has left."));
  const Status done = carry_out(command.value, *room, *participant);
  if (!done) return refused(problem_of(done.error()));
  return {"ok", id, command.value.type == "mute" ? mute_data(*participant) : std::string()};
}

Status ClientSocket::carry_out(const ClientCommand& command, room::Room& room,
                               room::Participant& participant) {
  if (command.type != "plugin") return participant.update(command.patch);
  Status taken =
      owner_.rooms_.plugin_hooks().take_message(command.plugin, room, participant, command.message);
  if (taken) return taken;
  Error refused = std::move(taken).error();
  for (FieldProblem& field : refused.fields) field.pointer = "/data/data" + field.pointer;
  return refused;
}

std::optional<Problem> ClientSocket::refuse_command() {
  const Allowance allowance =
      owner_.limits_.take(Limit::Commands, participant_key(watched_.room, watched_.participant));
  if (allowance.is_granted) {
    refused_in_a_row_ = 0;
    return std::nullopt;
  }
  if (++refused_in_a_row_ > kMostRefusedInARow) socket_.close(CloseCode::PolicyViolation);
  return problem_of(429,
                    refusal_text(Limit::Commands, owner_.limits_.rate(Limit::Commands), allowance));
}

void ClientSocket::on_snapshot(const room::Snapshot& snapshot) {
  send("snapshot", snapshot_data(snapshot), {.stream = snapshot.stream});
}
void ClientSocket::on_resumed(const room::Resumption& resumption) {
  seq_ = resumption.position.seq;
  send("resumed", resumed_data(resumption), {.stream = resumption.position.stream});
}
void ClientSocket::on_roster(const room::RosterChange& change) {
  send("roster", roster_data(change));
}
void ClientSocket::on_slots(const std::vector<room::SlotView>& changed) {
  send("slots", slots_data(changed));
}
void ClientSocket::on_speakers(const room::Speakers& speakers) {
  send("speakers", speakers_data(speakers));
}
void ClientSocket::on_hint(const room::PublishHint& hint) { send("hint", hint_data(hint)); }
void ClientSocket::on_quality(const room::NetworkQuality& quality) {
  send("quality", room::to_json(quality));
}
void ClientSocket::on_notice(const room::PluginNotices& changed) {
  send("notice", notice_data(changed));
}
void ClientSocket::on_announcement(const std::string& json) { send("announcement", json); }
void ClientSocket::on_plugin_message(const std::string& plugin, const std::string& json) {
  send("plugin", plugin_data(plugin, json));
}
void ClientSocket::on_draining(std::optional<int64_t> deadline_unix_ms) {
  send("draining", draining_data(deadline_unix_ms));
}
void ClientSocket::on_closing(room::EndReason reason, const std::string& detail) {
  send("closing", closing_data(room::to_string(reason), detail));
  socket_.close(CloseCode::Normal);
}
void ClientSocket::on_taken_over() { socket_.close(CloseCode::Normal); }

ClientSockets::~ClientSockets() {
  for (const auto& [key, socket] : sockets_)
    socket->on_closing(room::EndReason::ServerStopping, {});
}

ClientSocket& ClientSockets::open(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
                                  Watched watched) {
  assert(is_on_control());
  auto client = std::make_unique<ClientSocket>(*this, std::move(stream), std::move(socket),
                                               std::move(watched));
  ClientSocket* key = client.get();
  sockets_.emplace(key, std::move(client));
  return *key;
}

void ClientSockets::keep_keys_of(const Authenticator& auth) {
  assert(is_on_control());
  for (const auto& [key, socket] : sockets_) {
    if (!auth.has_key_of(socket->caller())) socket->end("key_removed");
  }
}

void ClientSockets::remove(ClientSocket* socket) {
  loop_.post([this, socket, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) sockets_.erase(socket);
  });
}

std::string_view ClientSockets::time() {
  if (const int64_t now_ms = unix_ms(); now_ms != time_ms_) {
    time_ms_ = now_ms;
    time_ = rfc3339(now_ms);
  }
  return time_;
}

void add_event_routes(Router& router, Api& api) {
  const auto upgrade = [&api](const Request& request) {
    const auto participant = find_participant(api, request);
    if (!participant) return problem(participant.error());
    const Result<room::WatchRequest> asked = watch_request_of(request);
    if (!asked) return problem(asked.error());
    Response response{.status = 101};
    response.subprotocol = "veche.v1";
    response.upgrade = [&api, watched = Watched{request.param("room"), request.param("participant"),
                                                request.caller, *asked}](
                           glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket) {
      ClientSocket& opened = api.sockets.open(std::move(stream), std::move(socket), watched);
      if (!api.auth.has_key_of(opened.caller())) opened.end("key_removed");
    };
    return response;
  };
  router.add({.method = "GET",
              .pattern = "/v1/rooms/{room}/participants/{participant}/events",
              .access = Access::UseParticipant,
              .body = BodyKind::Nothing,
              .handler = at_once(upgrade),
              .takes_query_token = true,
              .operation = {.tag = "Sessions",
                            .id = "openEvents",
                            .summary = "Opens the client's WebSocket, of the subprotocol veche.v1",
                            .outcomes = {{101, "The WebSocket is open."}},
                            .problems = {404, 426},
                            .query = kQuery}});
}

}  // namespace veche::http
