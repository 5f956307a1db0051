// SPDX-License-Identifier: Apache-2.0
// A file as the body of a response: piece by piece, as fast as the client reads.
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/log.hpp"
#include "http/connection/exchange.hpp"

namespace veche::http {
namespace {

/// In the kernel.
constexpr int kMaxUnsentBytes = 128 * 1024;

}  // namespace

bool Exchange::begin_download(const FileBody& body) {
  const bool has_body = soup_server_message_get_method(message_) != SOUP_METHOD_HEAD;
  if (!has_body || body.size == 0) return true;
  download_ = downloads_.begin(body, [this](const auto& piece) { on_piece(piece); });
  if (!download_) return false;
  // The socket takes as much as it can, which is megabytes once a client has been fast. For a
  // client that turns slow nothing would then be written for longer than the deadline.
  g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, kMaxUnsentBytes, nullptr);
  watch_ = ClientWatch(socket_.get(), loop_.context(), [this] {
    cut();
    end_download();
  });
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message_), FALSE);
  download_->read();
  return true;
}

void Exchange::on_piece(const Result<glib::Ref<GBytes>>& piece) {
  if (!piece) {
    log::warning("http",
                 "stopped sending the file at " + request.path + ": " + piece.error().message);
    return end_download();
  }
  if (may_continue && !may_continue()) return end_download();
  // libsoup pauses whenever it has nothing left to write.
  soup_message_body_append_bytes(soup_server_message_get_response_body(message_), piece->get());
  soup_server_message_unpause(message_);
}

void Exchange::on_written() {
  if (!download_) return;
  start_timer(deadlines_.send_ms);
  if (download_->is_complete()) {
    download_ = nullptr;
  } else {
    download_->read();
  }
}

void Exchange::end_download() {
  if (!std::exchange(download_, nullptr)) return;
  keeps_connection_ = false;
  // Less than Content-Length, and the end of the stream: the client knows that this is not all.
  soup_message_body_complete(soup_server_message_get_response_body(message_));
  soup_server_message_unpause(message_);
}

}  // namespace veche::http
