// SPDX-License-Identifier: Apache-2.0
// Files on their way to clients: threads of their own read them piece by piece, because a disk may
// stall.
#pragma once

#include <gio/gio.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "base/workers.hpp"
#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "http/protocol/message.hpp"

namespace veche::http {

class Downloads;

/// One body, of which one piece at a time is in memory. [control]
class Download {
 public:
  /// Called on control for each read(), unless this has ended: with up to 64 KiB, or the error that
  /// ends the body early.
  using OnPiece = std::function<void(const Result<glib::Ref<GBytes>>&)>;

  ~Download();
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// Starts reading the next piece; only after the previous one has come.
  void read();
  bool is_complete() const;

 private:
  friend class Downloads;
  struct State;
  Download(Downloads& owner, const FileBody& body, OnPiece on_piece);

  Downloads& owner_;
  /// Shared with the read under way, which may outlast this download.
  std::shared_ptr<State> state_;
};

/// All downloads of this server. [control]
class Downloads {
 public:
  static constexpr size_t kMax = 64;

  /// The loop outlives it.
  explicit Downloads(glib::ControlLoop& loop) : loop_(loop) {}

  /// Null if there are too many; a read that has not returned counts.
  std::unique_ptr<Download> begin(const FileBody& body, Download::OnPiece on_piece);

 private:
  friend class Download;
  glib::ControlLoop& loop_;
  std::atomic<size_t> count_{0};
  /// Made with the first download. Destroyed first of all members, which waits for reads under way.
  std::optional<Workers> readers_;
};

}  // namespace veche::http
