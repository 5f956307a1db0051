// SPDX-License-Identifier: Apache-2.0
// Writes the log's lines on a thread of its own, so that a reader that stalls stops no other
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace veche {

/// A bounded queue of lines, and the thread that writes them to a descriptor.
class LogWriter {
 public:
  static constexpr size_t kCapacityBytes = size_t{1024} * 1024;
  /// How long the destructor waits for a reader that stalls.
  static constexpr int64_t kEndMs = 1000;

  /// The descriptor stays open for as long as the process lives.
  explicit LogWriter(int descriptor, size_t capacity_bytes = kCapacityBytes);
  /// Writes what is queued, for kEndMs at most; the rest is lost.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// [any but lane and streaming] Queues a whole line; never waits for the descriptor. False: the
  /// queue is full, and the line is dropped and counted. The last quarter of the queue is for
  /// `important` lines.
  bool push(std::string_view line, bool important);
  /// [any but lane and streaming] Is more than half of the queue in use?
  bool is_behind() const;
  /// [any] Waits until all that was queued before is written: false if it is not within the
  /// timeout. Async-signal-safe, for the last line of a process that crashes.
  bool flush(int64_t timeout_ms) noexcept;
  /// [any] Lines that were dropped since the start, or could not be written.
  uint64_t dropped() const;

 private:
  struct Queue;
  static void work(const std::shared_ptr<Queue>& queue);
  static void write_some(Queue& queue, const char* bytes, size_t count);
  /// Shared with the thread, which outlives this where a write blocks.
  const std::shared_ptr<Queue> queue_;
};

}  // namespace veche
