// SPDX-License-Identifier: Apache-2.0
// Talks to the server with libsoup.
#include "http_api.hpp"

#include <memory>
#include <utility>

namespace veche::load {
namespace {

constexpr guint kTimeoutS = 15;
constexpr guint kConnections = 64;

struct Call {
  glib::Ref<SoupMessage> message;
  HttpApi::Callback callback;
};

void on_reply(GObject* session, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Call> call(static_cast<Call*>(data));
  GError* raw = nullptr;
  GBytes* bytes = soup_session_send_and_read_finish(SOUP_SESSION(session), result, &raw);
  if (!bytes) {
    const glib::ErrorPtr error(raw);
    call->callback(Error{ErrorCode::Unavailable, error->message});
    return;
  }
  HttpReply reply;
  reply.status = static_cast<int>(soup_message_get_status(call->message.get()));
  gsize size = 0;
  const auto* body = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  if (size != 0) reply.body.assign(body, size);
  g_bytes_unref(bytes);
  const char* location = soup_message_headers_get_one(
      soup_message_get_response_headers(call->message.get()), "Location");
  if (location) reply.location = location;
  call->callback(std::move(reply));
}

std::string escaped(const std::string& name) {
  const glib::StringPtr text(g_uri_escape_string(name.c_str(), nullptr, FALSE));
  return text.get();
}

}  // namespace

HttpApi::HttpApi(std::string server, const std::string& key)
    : server_(std::move(server)),
      authorization_("Bearer " + key),
      session_(glib::adopt(soup_session_new_with_options("timeout", kTimeoutS, "max-conns",
                                                         kConnections, "max-conns-per-host",
                                                         kConnections, nullptr))) {}

void HttpApi::send(const char* method, const std::string& path, const char* content_type,
                   const std::string& body, Callback callback) {
  GError* raw = nullptr;
  const glib::StringPtr url(
      g_uri_resolve_relative(server_.c_str(), path.c_str(), G_URI_FLAGS_NONE, &raw));
  const glib::ErrorPtr error(raw);
  const auto message = glib::adopt(url ? soup_message_new(method, url.get()) : nullptr);
  if (!message) return callback(invalid("not a URL: " + server_ + " with " + path));
  soup_message_headers_append(soup_message_get_request_headers(message.get()), "Authorization",
                              authorization_.c_str());
  if (content_type) {
    GBytes* bytes = g_bytes_new(body.data(), body.size());
    soup_message_set_request_body_from_bytes(message.get(), content_type, bytes);
    g_bytes_unref(bytes);
  }
  soup_session_send_and_read_async(session_.get(), message.get(), G_PRIORITY_DEFAULT, nullptr,
                                   on_reply, new Call{message, std::move(callback)});
}

void HttpApi::put_room(const std::string& room, const std::string& settings, Callback callback) {
  send("PUT", "/v1/rooms/" + escaped(room), "application/json", settings, std::move(callback));
}

void HttpApi::post_session(const std::string& room, const std::string& participant,
                           const std::string& offer, Callback callback) {
  send("POST", "/v1/rooms/" + escaped(room) + "/participants/" + escaped(participant) + "/session",
       "application/sdp", offer, std::move(callback));
}

void HttpApi::delete_session(const std::string& location, Callback callback) {
  send("DELETE", location, nullptr, {}, std::move(callback));
}

}  // namespace veche::load
