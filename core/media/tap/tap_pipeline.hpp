// SPDX-License-Identifier: Apache-2.0
// A pipeline of two: a queue that drops the oldest packets, and the element that takes them on the
// pipeline's own thread.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "glib/ref.hpp"
#include "glib/signal.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

/// Called on the pipeline's threads, also while stop() runs.
struct TapEvents {
  std::function<void()> ended;                           ///< End of stream has passed through.
  std::function<void(const std::string& reason)> error;  ///< Element and message.
};

class TapPipeline {
 public:
  /// The queue for a slow element: some 5 s of voice, and about as much of video at 400 packets a
  /// second.
  static constexpr size_t kMaxAudioPackets = 256;
  static constexpr size_t kMaxVideoPackets = 2048;

  /// [control] InvalidArgument if the element cannot be used.
  static Result<std::unique_ptr<TapPipeline>> create(const TrackInfo& track,
                                                     const glib::Ref<GstElement>& element,
                                                     TapEvents events);
  /// [control] After stop(), or instead of play().
  ~TapPipeline() = default;
  TapPipeline(const TapPipeline&) = delete;
  TapPipeline& operator=(const TapPipeline&) = delete;

  /// [worker] Blocks for as long as the element does.
  Status play();
  /// [worker] After play(). The element has released everything; no event follows.
  void stop();

  /// [feeder] Never blocks. Packets pushed before play() is done wait for push_early().
  void push(GstBuffer* buffer);
  /// [feeder] Hands over the waiting packets, if play() is done.
  void push_early();
  /// [feeder] After play() is done: end of stream, after the waiting packets.
  void end();

  /// [any] Packets that were pushed and have not reached the element.
  uint64_t waiting() const noexcept { return pushed_.value() - taken_->value(); }

 private:
  explicit TapPipeline(size_t max_packets);
  Status link(const TrackInfo& track, GstElement* element);
  void watch_bus(TapEvents events);

  const size_t max_packets_;
  glib::Ref<GstElement> pipeline_;
  glib::Ref<GstElement> source_;
  GstElement* element_ = nullptr;   // The plugin's, owned by the pipeline until stop().
  std::shared_ptr<Counter> taken_;  // Shared with the probe.
  Counter pushed_;
  glib::PadProbe probe_;
  std::atomic<bool> plays_{false};
  std::deque<glib::Ref<GstBuffer>> early_;  // [feeder]
};

}  // namespace veche::media
