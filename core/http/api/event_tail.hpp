// SPDX-License-Identifier: Apache-2.0
// The newest events, each in the format of a stream: read from the log and formatted once for all
// followers. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "events/filter.hpp"
#include "events/log.hpp"

namespace veche::http {

class EventTail {
 public:
  /// What it keeps; one event fits always.
  static constexpr size_t kMaxEvents = 1000;
  static constexpr size_t kMaxBytes = size_t{1024} * 1024;

  /// Forgets all events, and knows those that come after `newest` from now on.
  void restart(uint64_t newest);
  /// The page that begins after newest(), of all types. After a reset it begins anew.
  void add(const events::Page& page);

  /// Are all events after `id` here, as far as there are any?
  bool covers(uint64_t id) const { return id >= before_; }
  /// Until where it knows the log.
  uint64_t newest() const { return newest_; }

  /// Appends the blocks of the events after `after` that the filter takes, until `text` has at
  /// least `enough_bytes`. Returns the last id looked at, which is `after` if there is nothing new.
  /// `after` is covered.
  uint64_t append_to(std::string& text, uint64_t after, const events::Filter& filter,
                     size_t enough_bytes) const;
  /// Does the filter take an event after `after`, which is covered?
  bool has_match(uint64_t after, const events::Filter& filter) const;

 private:
  struct Entry {
    events::Event event;  ///< Without its data.
    std::string block;
  };
  std::deque<Entry>::const_iterator first_after(uint64_t id) const;

  std::deque<Entry> entries_;
  uint64_t before_ = 0;  ///< The last id that is not here any more.
  uint64_t newest_ = 0;
  size_t bytes_ = 0;  ///< Of the blocks.
};

}  // namespace veche::http
