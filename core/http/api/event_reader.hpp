// SPDX-License-Identifier: Apache-2.0
// One reader of GET /v1/events as Server-Sent Events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "events/filter.hpp"
#include "http/api/event_followers.hpp"
#include "http/connection/body_stream.hpp"

namespace veche::http {

/// Writes events as fast as its client reads them: what the client does not take yet stays in the
/// log, but for one small chunk. A client that takes nothing for Deadlines::send_ms while there is
/// something for it is cut. [control]
class EventReader : public EventFollower {
 public:
  struct Place {
    uint64_t after = 0;  ///< The last id that the client has.
    events::Filter filter;
    std::shared_ptr<const Principal> caller;  ///< Shared with the request.
    std::shared_ptr<void> seat;               ///< Of the followers.
  };

  /// Followers outlive it. What it writes first waits for the first advance().
  EventReader(EventFollowers& owner, glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
              Place place);

  const Principal& caller() const override { return *place_.caller; }
  void advance() override;
  void tick(int64_t now_ns) override;
  void refuse() override { end("key_removed"); }

 private:
  /// Puts what comes next into the chunk, or asks the log for it. False: there is nothing for now.
  bool fill();
  void read_page();
  void take(const Result<events::Page>& page);
  /// Writes the chunk. False: the client does not take all of it now.
  bool flush();
  void on_writable();
  /// Says why where the client reads, and ends.
  void end(const char* reason);
  void leave();

  EventFollowers& owner_;
  Place place_;
  std::string chunk_;
  size_t written_ = 0;  ///< Of the chunk.
  bool is_over_ = false;
  bool awaits_page_ = false;
  bool is_blocked_ = false;  ///< The client takes nothing for now.
  int64_t moved_ns_;         ///< When it last took something, or has been blocked since.
  /// A page that is being read holds it weakly.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  BodyStream body_;
};

}  // namespace veche::http
