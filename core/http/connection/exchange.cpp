// SPDX-License-Identifier: Apache-2.0
// Limits, pausing and writing of one SoupServerMessage.
#include "http/connection/exchange.hpp"

#include <cassert>
#include <exception>

#include "base/guarded.hpp"
#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "http/connection/acceptor.hpp"
#include "http/connection/keep_alive.hpp"
#include "http/connection/soup_socket.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr char kKey[] = "veche-exchange";
/// How much of a refused body is still read, so that the client gets to see the reason.
constexpr size_t kMaxDrainedBytes = size_t{4} * 1024 * 1024;

}  // namespace

/// The answer that a handler owes. It keeps the message alive even if the connection ends.
struct Exchange::Pending {
  explicit Pending(SoupServerMessage* owner) : message(glib::share(owner)) {}
  ~Pending() {
    // This may run while an exception unwinds.
    try {
      answer(problem(500, "The handler gave no answer."));
    } catch (const std::exception& error) {
      log::error("http", error.what());
    }
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  void answer(const Response& response) {
    if (std::exchange(is_done, true)) return;
    Exchange* exchange = Exchange::of(message.get());
    // The connection may have ended, and the server and the loop with it.
    if (!exchange->is_connected_) return;
    assert(is_on_control());
    exchange->respond(response);
    if (std::exchange(exchange->is_paused_, false)) soup_server_message_unpause(message.get());
  }

  const glib::Ref<SoupServerMessage> message;
  bool is_done = false;
};

void Exchange::attach(glib::ControlLoop& loop, SoupServerMessage* message, Deadlines deadlines,
                      Downloads& downloads, RouteTimes& times, IdleConnections& idle) {
  auto* exchange = new Exchange(loop, message, deadlines, downloads, times, idle);
  g_object_set_data_full(G_OBJECT(message), kKey, exchange,
                         [](gpointer data) { delete static_cast<Exchange*>(data); });
}

Exchange* Exchange::of(SoupServerMessage* message) {
  return static_cast<Exchange*>(g_object_get_data(G_OBJECT(message), kKey));
}

// The handlers are never disconnected: this lives until the message is finalized, and then they are
// gone.
Exchange::Exchange(glib::ControlLoop& loop, SoupServerMessage* message, Deadlines deadlines,
                   Downloads& downloads, RouteTimes& times, IdleConnections& idle)
    : loop_(loop),
      message_(message),
      socket_(glib::share(socket_of(message))),
      deadlines_(deadlines),
      downloads_(downloads),
      times_(times),
      idle_(idle),
      max_body_bytes_(rule_of(BodyKind::Nothing).max_bytes) {
  const auto got_chunk = +[](SoupServerMessage*, GBytes* chunk, gpointer self) {
    guarded("http", LogPlace::here(),
            [&] { static_cast<Exchange*>(self)->on_chunk(g_bytes_get_size(chunk)); });
  };
  const auto disconnected = +[](SoupServerMessage*, gpointer self) {
    auto* exchange = static_cast<Exchange*>(self);
    exchange->is_connected_ = false;
    exchange->download_ = nullptr;
    exchange->watch_.notify();
  };
  const auto wrote_chunk = +[](SoupServerMessage*, gpointer self) {
    guarded("http", LogPlace::here(), [self] { static_cast<Exchange*>(self)->on_written(); });
  };
  const auto finished = +[](SoupServerMessage*, gpointer self) {
    keep_close_from_waiting(static_cast<Exchange*>(self)->socket_.get());
  };
  const auto wrote_informational = +[](SoupServerMessage* from, gpointer self) {
    auto* exchange = static_cast<Exchange*>(self);
    if (!exchange->upgrade_) return;
    exchange->timer_.cancel();
    const glib::Ref<SoupServerMessage> kept = glib::share(from);
    const Upgrade upgrade = std::exchange(exchange->upgrade_, nullptr);
    const glib::Ref<GSocket> socket = exchange->socket_;
    guarded("http", LogPlace::here(),
            [&] { upgrade(glib::adopt(soup_server_message_steal_connection(from)), socket); });
  };
  const auto wrote_body =
      +[](SoupServerMessage*, gpointer self) { static_cast<Exchange*>(self)->pass_on(); };
  g_signal_connect(message, "wrote-body", G_CALLBACK(wrote_body), this);
  g_signal_connect(message, "got-chunk", G_CALLBACK(got_chunk), this);
  g_signal_connect(message, "finished", G_CALLBACK(finished), this);
  g_signal_connect(message, "disconnected", G_CALLBACK(disconnected), this);
  g_signal_connect(message, "wrote-chunk", G_CALLBACK(wrote_chunk), this);
  g_signal_connect(message, "wrote-informational", G_CALLBACK(wrote_informational), this);
  start_timer(deadlines_.receive_ms);
}

void Exchange::start_timer(uint32_t delay_ms) {
  timer_ = loop_.once(delay_ms, [this] { on_deadline(); });
}

void Exchange::on_deadline() {
  if (const std::shared_ptr<Pending> pending = pending_.lock()) {
    pending->answer(problem(503, "The request took too long."));
    return;
  }
  cut();
  end_download();
}

void Exchange::watch_client(std::function<void()> gone) {
  if (is_answered_) return;
  watch_ = ClientWatch(socket_.get(), loop_.context(), std::move(gone));
}

void Exchange::cut() {
  keeps_connection_ = false;
  // libsoup sees the end of the stream, or a failed write, and lets go of the connection.
  g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
}

std::string Exchange::request_header(const char* name) const {
  const char* value =
      soup_message_headers_get_list(soup_server_message_get_request_headers(message_), name);
  return value ? value : "";
}

void Exchange::add_header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
}

void Exchange::limit_body(size_t max_bytes) {
  max_body_bytes_ = max_bytes;
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message_);
  if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length(headers) > static_cast<goffset>(max_bytes)) {
    respond(problem(413, "At most " + std::to_string(max_bytes) + " bytes are accepted here."));
  }
}

void Exchange::on_chunk(size_t bytes) {
  const bool was_drainable = received_bytes_ <= kMaxDrainedBytes;
  received_bytes_ += bytes;
  if (received_bytes_ > kMaxDrainedBytes) {
    if (was_drainable) cut();
  } else if (received_bytes_ > max_body_bytes_ && !is_answered_) {
    respond(
        problem(413, "At most " + std::to_string(max_body_bytes_) + " bytes are accepted here."));
  }
}

std::string Exchange::body() const {
  SoupMessageBody* body = soup_server_message_get_request_body(message_);
  return {body->data ? body->data : "", static_cast<size_t>(body->length)};
}

void Exchange::respond(const Response& response) {
  assert(is_on_control());
  if (is_answered_) return;
  if (response.upgrade && !begin_upgrade(response)) {
    respond(problem(426, "This is a WebSocket of the subprotocol " + response.subprotocol + ".")
                .header("Upgrade", "websocket"));
    return;
  }
  watch_ = {};
  if (response.file && !begin_download(*response.file)) {
    respond(problem(Error{ErrorCode::Exhausted, "Too many files are being sent; try later."}));
    return;
  }
  is_answered_ = true;
  times_.add(route.get(), response.status, monotonic_ns() - begun_ns_);
  start_timer(deadlines_.send_ms);
  SoupMessageBody* request_body = soup_server_message_get_request_body(message_);
  soup_message_body_set_accumulate(request_body, FALSE);
  soup_message_body_truncate(request_body);
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message_);
  for (const auto& [name, value] : headers_) {
    soup_message_headers_append(headers, name.c_str(), value.c_str());
  }
  if (!response.upgrade) write(response);
}

void Exchange::write(const Response& response) {
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message_);
  for (const auto& [name, value] : response.headers) {
    soup_message_headers_append(headers, name.c_str(), value.c_str());
  }
  const bool may_stay = !response.stream && IdleConnections::has_room(socket_.get());
  keeps_connection_ = write_connection_headers(message_, idle_.idle_ms(), may_stay);
  soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
  if (response.file) {
    soup_message_headers_replace(headers, "Content-Type", response.content_type.c_str());
    soup_message_headers_set_content_length(headers, static_cast<goffset>(response.file->size));
  } else if (response.stream) {
    // For libsoup the response ends with its head.
    soup_message_headers_replace(headers, "Content-Type", response.content_type.c_str());
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_EOF);
    soup_message_body_complete(soup_server_message_get_response_body(message_));
    upgrade_ = response.stream;
  } else if (!response.content_type.empty()) {
    soup_server_message_set_response(message_, response.content_type.c_str(), SOUP_MEMORY_COPY,
                                     response.body.data(), response.body.size());
  }
  // A length in a 304 would be that of the client's copy; libsoup says 0.
  if (response.status == 304) soup_message_headers_set_encoding(headers, SOUP_ENCODING_NONE);
  // libsoup has no phrase of RFC 6585 for it.
  const char* phrase = response.status == 429 ? "Too Many Requests" : nullptr;
  soup_server_message_set_status(message_, static_cast<guint>(response.status), phrase);
}

void Exchange::pass_on() {
  if (!keeps_connection_ && !upgrade_) return;
  timer_.cancel();
  // Its end is not the client's.
  watch_ = {};
  // Without the connection nothing else may hold the message, which owns this.
  const glib::Ref<SoupServerMessage> kept = glib::share(message_);
  ReleasedStream released = take_stream_back(message_);
  if (!upgrade_) return idle_.add(std::move(released.base), socket_, std::move(released.unread));
  const Upgrade upgrade = std::exchange(upgrade_, nullptr);
  guarded("http", LogPlace::here(), [&] { upgrade(std::move(released.base), socket_); });
}

bool Exchange::begin_upgrade(const Response& response) {
  if (request_header("Sec-WebSocket-Protocol").empty()) return false;
  char* protocols[] = {const_cast<char*>(response.subprotocol.c_str()), nullptr};
  if (!soup_websocket_server_check_handshake(message_, nullptr, protocols, nullptr, nullptr)) {
    return false;
  }
  if (!soup_websocket_server_process_handshake(message_, nullptr, protocols, nullptr, nullptr)) {
    return false;
  }
  upgrade_ = response.upgrade;
  return true;
}

void Exchange::handle(const Handler& handler) {
  start_timer(deadlines_.answer_ms);
  const auto pending = std::make_shared<Pending>(message_);
  pending_ = pending;
  request.watch_client = [this](std::function<void()> gone) { watch_client(std::move(gone)); };
  const auto param = [this](const char* name) {
    const auto found = request.params.find(name);
    return found == request.params.end() ? std::string_view() : std::string_view(found->second);
  };
  const log::Scope scope({param("room"), param("participant"), param("session")});
  handler(request, [pending](const Response& response) { pending->answer(response); });
  request.watch_client = nullptr;
  if (pending->is_done) return;
  is_paused_ = true;
  soup_server_message_pause(message_);
}

}  // namespace veche::http
