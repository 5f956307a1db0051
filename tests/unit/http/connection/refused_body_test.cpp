// SPDX-License-Identifier: Apache-2.0
// Tests that a refused request's body is read and dropped, not kept.
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include <algorithm>

#include "../http_fixture.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {
namespace {

/// Measures the body bytes that libsoup keeps during its lifetime.
class KeptBody {
 public:
  KeptBody()
      : class_(g_type_class_ref(SOUP_TYPE_SERVER_MESSAGE)),
        signal_(g_signal_lookup("got-chunk", SOUP_TYPE_SERVER_MESSAGE)),
        hook_(g_signal_add_emission_hook(signal_, 0, on_chunk, this, nullptr)) {}
  ~KeptBody() {
    g_signal_remove_emission_hook(signal_, hook_);
    g_type_class_unref(class_);
  }
  KeptBody(const KeptBody&) = delete;
  KeptBody& operator=(const KeptBody&) = delete;

  size_t received_bytes = 0;
  size_t most_bytes = 0;  ///< The maximum at any time.
  size_t last_bytes = 0;  ///< Kept when the last chunk came.

 private:
  static gboolean on_chunk(GSignalInvocationHint*, guint, const GValue* arguments, gpointer data) {
    auto* self = static_cast<KeptBody*>(data);
    auto* message = static_cast<SoupServerMessage*>(g_value_get_object(&arguments[0]));
    self->received_bytes +=
        g_bytes_get_size(static_cast<GBytes*>(g_value_get_boxed(&arguments[1])));
    self->last_bytes = static_cast<size_t>(soup_server_message_get_request_body(message)->length);
    self->most_bytes = std::max(self->most_bytes, self->last_bytes);
    return TRUE;
  }

  const gpointer class_;  ///< Without its class the type has no signals.
  const guint signal_;
  const gulong hook_;
};

class HttpRefusedBody : public HttpTest {
 protected:
  /// Much more than any limit, and less than the size at which the server closes the connection.
  static constexpr size_t kLargeBytes = size_t{3} * 1024 * 1024;

  Answer call_chunked(Call call, size_t body_bytes) {
    constexpr size_t kChunkBytes = 4096;
    call.headers += "Transfer-Encoding: chunked\r\n";
    std::string text = text_of(call);
    for (size_t sent = 0; sent < body_bytes; sent += kChunkBytes) {
      text += "1000\r\n" + std::string(kChunkBytes, ' ') + "\r\n";
    }
    RawClient client(loop, url());
    client.send(text + "0\r\n\r\n");
    client.receive_all();
    return parse_answer(client.received);
  }

  const size_t max_json_bytes_ = rule_of(BodyKind::Json).max_bytes;
};

TEST_F(HttpRefusedBody, IsKeptWhenItIsNotRefused) {
  KeptBody kept;
  const std::string body = "{" + std::string(max_json_bytes_ - 2, ' ') + "}";
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", body).status, 201);
  EXPECT_EQ(kept.most_bytes, body.size()) << "or the other tests see nothing";
}

TEST_F(HttpRefusedBody, IsNotKeptWhenTheHeadersAreRefused) {
  const std::string room = "/v1/rooms/blue";
  const std::string type = "application/json";
  const struct {
    int status;
    Call call;
  } rows[] = {
      {400, {.method = "PUT", .path = "/v1/rooms/a%20b", .content_type = type}},
      {401, {.method = "PUT", .path = room, .content_type = type, .key = ""}},
      {403, {.method = "PUT", .path = room, .content_type = type, .key = "eye.eyesecret"}},
      {404, {.method = "PUT", .path = "/v1/nothing", .content_type = type}},
      {405, {.method = "POST", .path = room, .content_type = type}},
      {415, {.method = "PUT", .path = room, .content_type = "text/plain"}},
  };
  for (const auto& [status, refused] : rows) {
    KeptBody chunked;
    EXPECT_EQ(call_chunked(refused, kLargeBytes).status, status);
    EXPECT_EQ(chunked.received_bytes, kLargeBytes) << status;
    EXPECT_EQ(chunked.most_bytes, 0u) << status;

    KeptBody announced;
    Call whole = refused;
    whole.body = std::string(kLargeBytes, ' ');
    EXPECT_EQ(call(whole).status, status);
    EXPECT_EQ(announced.received_bytes, kLargeBytes) << status;
    EXPECT_EQ(announced.most_bytes, 0u) << status;
  }
}

TEST_F(HttpRefusedBody, IsNotKeptWhenItIsAnnouncedAsTooLarge) {
  KeptBody kept;
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", std::string(kLargeBytes, ' ')).status, 413);
  EXPECT_EQ(kept.received_bytes, kLargeBytes);
  EXPECT_EQ(kept.most_bytes, 0u);
}

TEST_F(HttpRefusedBody, IsDroppedOnceItTurnsOutToBeTooLarge) {
  constexpr size_t kReadBytes = 16384;  // libsoup reads less at once.
  KeptBody kept;
  const Call put{.method = "PUT", .path = "/v1/rooms/blue", .content_type = "application/json"};
  EXPECT_EQ(call_chunked(put, kLargeBytes).status, 413);
  EXPECT_EQ(kept.received_bytes, kLargeBytes);
  EXPECT_LE(kept.most_bytes, max_json_bytes_ + kReadBytes);
  EXPECT_EQ(kept.last_bytes, 0u);
}

}  // namespace
}  // namespace veche::http
