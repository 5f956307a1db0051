// SPDX-License-Identifier: Apache-2.0
// Makes buffers of packets, every 10 ms while there are taps.
#include "media/tap/tap_feeder.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace veche::media {
namespace {

constexpr std::chrono::milliseconds kRound{10};

GstCaps* capture_caps() {
  static GstCaps* const caps = gst_caps_new_empty_simple("timestamp/x-veche-capture");
  return caps;
}

glib::Ref<GstBuffer> make_buffer(const TapPacket& packet) {
  glib::Ref<GstBuffer> buffer = glib::adopt(gst_buffer_new_allocate(nullptr, packet.size, nullptr));
  gst_buffer_fill(buffer.get(), 0, packet.memory, packet.size);
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(packet.times.arrival_ns);
  if (packet.times.is_reported && packet.times.capture_ns >= 0) {
    gst_buffer_add_reference_timestamp_meta(buffer.get(), capture_caps(),
                                            static_cast<GstClockTime>(packet.times.capture_ns),
                                            GST_CLOCK_TIME_NONE);
  }
  return buffer;
}

}  // namespace

TapFeeder::TapFeeder()
    : thread_([this] {
        pthread_setname_np(pthread_self(), "tap-feeder");
        run();
      }) {}

TapFeeder::~TapFeeder() {
  {
    const std::lock_guard lock(mutex_);
    commands_.stop = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TapFeeder::add(TrackId track, TapPipeline& pipeline) {
  const std::lock_guard lock(mutex_);
  commands_.additions.emplace_back(track, &pipeline);
  changed_.notify_one();
}

void TapFeeder::remove(TrackId track, TapPipeline& pipeline, Farewell farewell,
                       std::function<void()> removed) {
  const std::lock_guard lock(mutex_);
  commands_.removals.push_back({track, &pipeline, farewell, std::move(removed)});
  changed_.notify_one();
}

void TapFeeder::run() {
  for (;;) {
    // A new pipeline gets the packets already in the inbox. So does a removed one: the inbox still
    // holds packets from before the removal.
    const Commands commands = wait();
    for (const auto& [track, pipeline] : commands.additions) pipelines_[track].push_back(pipeline);
    inbox_.drain([this](const TapPacket& packet) { deliver(packet); });
    for (const auto& [track, pipelines] : pipelines_) {
      for (TapPipeline* pipeline : pipelines) pipeline->push_early();
    }
    for (const Removal& removal : commands.removals) remove(removal);
    if (commands.stop) return;
  }
}

TapFeeder::Commands TapFeeder::wait() {
  std::unique_lock lock(mutex_);
  const auto has_command = [this] { return !commands_.empty(); };
  if (pipelines_.empty()) {
    changed_.wait(lock, has_command);
  } else {
    changed_.wait_for(lock, kRound, has_command);
  }
  return std::exchange(commands_, {});
}

void TapFeeder::deliver(const TapPacket& packet) {
  const auto found = pipelines_.find(packet.track);
  if (found == pipelines_.end()) return;  // The packet arrived after its last tap ended.
  const glib::Ref<GstBuffer> buffer = make_buffer(packet);
  for (TapPipeline* pipeline : found->second) pipeline->push(buffer.get());
}

void TapFeeder::remove(const Removal& removal) {
  const auto found = pipelines_.find(removal.track);
  std::erase(found->second, removal.pipeline);
  if (found->second.empty()) pipelines_.erase(found);
  if (removal.farewell == Farewell::EndOfStream) removal.pipeline->end();
  removal.removed();
}

}  // namespace veche::media
