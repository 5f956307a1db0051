// SPDX-License-Identifier: Apache-2.0
// A bounded queue that remembers which ids it has not kept.
#include "events/backlog.hpp"

#include <utility>

#include "glib/json.hpp"

namespace veche::events {

std::string gap_json(uint64_t from, uint64_t to, const std::string& reason) {
  return glib::JsonWriter()
      .begin_object()
      .key("from")
      .integer(static_cast<int64_t>(from))
      .key("to")
      .integer(static_cast<int64_t>(to))
      .key("reason")
      .string(reason)
      .end_object()
      .text();
}

Backlog::Backlog(uint64_t newest, size_t max_waiting, OpenState open)
    : max_waiting_(max_waiting), last_id_(newest), open_(std::move(open)) {}

void Backlog::push(Event event) {
  event.id = ++last_id_;
  if (event.seq == 0) event.seq = numbers_.next(event);
  if (is_full() && !open_.is_end(event)) {
    if (gap_from_ == 0) gap_from_ = event.id;
    gap_to_ = event.id;
    ++dropped_;
    return;
  }
  close_gap(event.time_unix_ms);
  accept(std::move(event));
}

void Backlog::change(ValueChange change) { values_.change(std::move(change)); }

bool Backlog::is_full() const { return waiting() >= max_waiting_ || queued_bytes_ >= kMaxBytes; }

void Backlog::accept(Event event) {
  open_.note(event);
  queued_bytes_ += size_of(event);
  queue_.push_back(std::move(event));
}

void Backlog::close_gap(int64_t now_unix_ms) {
  if (gap_from_ == 0) return;
  Event gap{.id = gap_to_, .time_unix_ms = now_unix_ms, .type = kGapType};
  gap.seq = numbers_.next(gap);
  gap.data = gap_json(gap_from_, gap_to_, "overflow");
  gap_from_ = gap_to_ = 0;
  accept(std::move(gap));
}

std::shared_ptr<const Batch> Backlog::take(int64_t now_unix_ms) {
  if (taken_) return taken_;
  if (queue_.empty()) close_gap(now_unix_ms);
  if (queue_.empty() && values_.empty()) return nullptr;
  const auto batch = std::make_shared<Batch>();
  size_t bytes = 0;
  while (!queue_.empty() && batch->events.size() < kMaxBatch && bytes < kMaxBatchBytes) {
    bytes += size_of(queue_.front());
    batch->events.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  batch->values = values_.take();
  return taken_ = batch;
}

void Backlog::written() { taken_.reset(); }

Batch Backlog::take_rest(int64_t now_unix_ms) {
  close_gap(now_unix_ms);
  Batch rest;
  rest.events.assign(std::make_move_iterator(queue_.begin()),
                     std::make_move_iterator(queue_.end()));
  rest.values = values_.take();
  queue_.clear();
  queued_bytes_ = 0;
  return rest;
}

void Backlog::overlay(const std::string& space, std::map<std::string, StoredValue>& values) const {
  if (taken_) events::overlay(taken_->values, space, values);
  values_.overlay(space, values);
}

}  // namespace veche::events
