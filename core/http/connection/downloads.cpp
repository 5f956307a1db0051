// SPDX-License-Identifier: Apache-2.0
// Reads on workers, hands over on control.
#include "http/connection/downloads.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace veche::http {
namespace {

constexpr size_t kReaders = 4;
constexpr uint64_t kMaxPieceBytes = uint64_t{64} * 1024;

/// What is there, up to `size` bytes.
Result<glib::Ref<GBytes>> read_piece(int file, uint64_t offset, size_t size) {
  std::unique_ptr<guchar, decltype(&g_free)> data(static_cast<guchar*>(g_malloc(size)), &g_free);
  ssize_t count = 0;
  do {
    count = ::pread(file, data.get(), size, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return internal(std::string("it cannot be read: ") + std::strerror(errno));
  if (count == 0) return internal("it has become shorter");
  return glib::adopt(g_bytes_new_take(data.release(), static_cast<size_t>(count)));
}

}  // namespace

struct Download::State {
  State(std::atomic<size_t>& open, const FileBody& what, OnPiece call)
      : count(open), body(what), on_piece(std::move(call)) {
    ++count;
  }
  ~State() {
    // It no longer counts once it is closed.
    body.file.reset();
    --count;
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::atomic<size_t>& count;
  FileBody body;  ///< What has not been read.
  OnPiece on_piece;
  std::atomic<bool> is_over{false};
};

Download::Download(Downloads& owner, const FileBody& body, OnPiece on_piece)
    : owner_(owner), state_(std::make_shared<State>(owner.count_, body, std::move(on_piece))) {}

Download::~Download() {
  state_->is_over = true;
  // Closing the last descriptor of a deleted file frees its blocks, which takes time.
  owner_.readers_->run([state = std::move(state_)]() mutable { state.reset(); });
}

bool Download::is_complete() const { return state_->body.size == 0; }

void Download::read() {
  owner_.readers_->run([state = state_, &loop = owner_.loop_] {
    if (state->is_over) return;
    const FileBody& body = state->body;
    auto piece = read_piece(body.file->get(), body.offset, std::min(body.size, kMaxPieceBytes));
    // Weakly: the state has to end before the Downloads, and this may run after that.
    loop.post([weak = std::weak_ptr<State>(state), piece = std::move(piece)] {
      const std::shared_ptr<State> state = weak.lock();
      if (!state || state->is_over) return;
      if (piece) {
        const uint64_t size = g_bytes_get_size(piece->get());
        state->body.offset += size;
        state->body.size -= size;
      }
      state->on_piece(piece);
    });
  });
}

std::unique_ptr<Download> Downloads::begin(const FileBody& body, Download::OnPiece on_piece) {
  if (count_ >= kMax) return nullptr;
  if (!readers_) readers_.emplace("http-files", kReaders);
  return std::unique_ptr<Download>(new Download(*this, body, std::move(on_piece)));
}

}  // namespace veche::http
