// SPDX-License-Identifier: Apache-2.0
// Records the headers of a session's packets, to diagnose a call.
#include <cassert>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/session/peer_session.hpp"
#include "rtp/pcapng.hpp"

namespace veche::media {

Path& PeerSession::path_or_none() {
  Path* path = connection_->path();
  return path ? *path : no_path_;
}

Status PeerSession::keep_headers(uint32_t seconds) {
  assert(is_on_control());
  // Before it is attached and while it is taken down, its connection is a worker's.
  if (!life_.is_attached()) {
    return Error{ErrorCode::Conflict, "The session is not connected: try again when it is."};
  }
  Path& path = path_or_none();
  keeps_headers_ = seconds > 0;
  if (!keeps_headers_) {
    ingress_->headers.forget();
    path.headers.forget();
    return Ok{};
  }
  const int64_t until_ns = monotonic_ns() + int64_t{seconds} * kNsPerS;
  ingress_->headers.keep_until(until_ns);
  path.headers.keep_until(until_ns);
  return Ok{};
}

Result<std::string> PeerSession::headers() {
  assert(is_on_control());
  if (!keeps_headers_ || !life_.is_attached()) {
    return not_found("No headers of this session are being recorded: POST here first.");
  }
  const int64_t to_unix_ns = unix_ms() * kNsPerMs - monotonic_ns();
  return rtp::write_pcapng(ingress_->headers.read(), path_or_none().headers.read(), to_unix_ns);
}

}  // namespace veche::media
