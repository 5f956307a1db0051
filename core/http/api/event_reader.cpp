// SPDX-License-Identifier: Apache-2.0
// Chunks from the tail where it covers the reader, and from pages of the log where it does not.
#include "http/api/event_reader.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "http/protocol/server_sent_events.hpp"

namespace veche::http {
namespace {

constexpr size_t kChunkBytes = size_t{16} * 1024;
/// About what fits into a chunk: the rest of a page is read again.
constexpr size_t kPageEvents = 32;
constexpr uint32_t kRetryMs = 2000;

/// With an id after which the reader goes on, so that a reconnect asks for no second reset.
std::string reset_block(uint64_t oldest, uint64_t newest) {
  glib::JsonWriter json;
  json.begin_object().key("oldest").integer(static_cast<int64_t>(oldest));
  json.key("newest").integer(static_cast<int64_t>(newest)).end_object();
  return event_block(oldest - 1, "reset", json.text());
}

}  // namespace

EventReader::EventReader(EventFollowers& owner, glib::Ref<GIOStream> stream,
                         glib::Ref<GSocket> socket, Place place)
    : owner_(owner),
      place_(std::move(place)),
      moved_ns_(monotonic_ns()),
      // Longer than a stall, which is counted.
      body_(owner.loop(), std::move(stream), std::move(socket), 2 * owner.deadlines().send_ms,
            {.writable = [this] { on_writable(); }, .gone = [this] { leave(); }}) {
  chunk_ = opening_block(place_.after, kRetryMs);
}

void EventReader::advance() {
  while (!is_over_ && !is_blocked_ && flush() && fill()) {
  }
}

void EventReader::on_writable() {
  is_blocked_ = false;
  advance();
}

bool EventReader::fill() {
  if (awaits_page_) return false;
  const EventTail* tail = owner_.tail_after(place_.after);
  if (!tail) {
    read_page();
    return false;
  }
  const uint64_t before = place_.after;
  place_.after = tail->append_to(chunk_, before, place_.filter, kChunkBytes);
  if (place_.after > before) return true;
  if (owner_.last_id() && place_.after >= *owner_.last_id()) end("server_stopping");
  return false;
}

void EventReader::read_page() {
  awaits_page_ = true;
  owner_.read({.after = place_.after, .limit = kPageEvents, .filter = place_.filter}, alive_,
              [this](const Result<events::Page>& page) { take(page); });
}

void EventReader::take(const Result<events::Page>& page) {
  awaits_page_ = false;
  if (is_over_) return;
  if (!page) {
    log::warning("http", "an event stream ends: " + page.error().message);
    return end("log_failed");
  }
  if (page->is_reset) {
    chunk_ += reset_block(page->oldest, page->newest);
    place_.after = page->oldest - 1;
  }
  for (const events::Event& event : page->events) {
    // What does not fit is read again, when the client has taken this.
    if (chunk_.size() >= kChunkBytes) return advance();
    chunk_ += event_block(event.id, event.type, events::envelope(event));
    place_.after = event.id;
  }
  place_.after = page->next_after;
  advance();
}

bool EventReader::flush() {
  if (chunk_.empty()) return true;
  written_ += body_.write(std::string_view(chunk_).substr(written_));
  moved_ns_ = monotonic_ns();
  is_blocked_ = written_ < chunk_.size();
  if (is_blocked_) return false;
  // Readers with nothing to read hold no memory.
  chunk_ = std::string();
  written_ = 0;
  return true;
}

void EventReader::tick(int64_t now_ns) {
  if (is_over_) return;
  const int64_t idle_ns = now_ns - moved_ns_;
  if (is_blocked_ && idle_ns >= owner_.deadlines().send_ms * kNsPerMs) {
    owner_.count_stalled();
    leave();
  } else if (!is_blocked_ && idle_ns >= owner_.deadlines().heartbeat_ms * kNsPerMs) {
    chunk_ = heartbeat_block(place_.after);
    flush();
  }
}

void EventReader::end(const char* reason) {
  if (is_over_) return;
  if (chunk_.empty()) body_.write(comment_block(std::string("ends: ") + reason));
  leave();
}

void EventReader::leave() {
  if (std::exchange(is_over_, true)) return;
  owner_.remove(this);
}

}  // namespace veche::http
