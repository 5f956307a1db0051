// SPDX-License-Identifier: Apache-2.0
// Where the tap of a track ends: its packets go to every recording that wants them.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "recording/recorder/recorder_queue.hpp"

namespace veche::recording {

/// Shared by the tap's element, whose thread calls on_sample(), and control, which adds recordings.
class TapSink {
 public:
  /// Identifies the packets of a track; others in the same stream are left out.
  struct Header {
    uint32_t payload_type = 0;
    uint32_t ssrc = 0;                   ///< Of video, which may have layers; 0: any.
    uint32_t audio_level_extension = 0;  ///< Its id (RFC 8285); 0: there is none.
  };

  TapSink(TrackInfo info, const Header& header);
  TapSink(const TapSink&) = delete;
  TapSink& operator=(const TapSink&) = delete;

  const TrackInfo& info() const { return info_; }
  /// [control] Tells the recording that the track begins, and sends it the packets from now on.
  void add(const std::shared_ptr<RecorderQueue>& queue);
  /// [control] Tells the recording that the track has ended.
  void remove(const std::shared_ptr<RecorderQueue>& queue, uint64_t dropped);
  /// [control] The same for all of them. `why`: the tap has failed; "": it has not.
  void close(uint64_t dropped, const std::string& why);
  bool is_unused() const;

  /// [the tap's thread]
  void on_sample(GstSample* sample);

 private:
  const std::shared_ptr<std::atomic<uint64_t>> foreign_;  ///< Shared with recorders.
  const TrackInfo info_;
  const Header header_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<RecorderQueue>> queues_;
};

/// A floating appsink that feeds `sink`. [control]
GstElement* make_tap_element(std::shared_ptr<TapSink> sink);

}  // namespace veche::recording
