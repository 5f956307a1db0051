// SPDX-License-Identifier: Apache-2.0
// The pipeline path of a session: all its slots' packets go through one pad of webrtcbin, the
// carrier.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.hpp"
#include "glib/ref.hpp"
#include "media/lane/path.hpp"

namespace veche::media {

/// It pushes straight into rtpbin. Each SSRC through a sink pad of webrtcbin would cost more than
/// twice as much: docs/webrtcbin.md.
class Carrier final : public Path {
 public:
  /// `sink`: rtpbin's pad; `caps` have to name the SSRC of the first slot. [worker]
  static Result<std::unique_ptr<Carrier>> create(GstPad* sink, GstCaps* caps, size_t slot_count);
  ~Carrier() override;

  /// [worker] Sends the events that begin the stream; once, when the session is connected.
  Status open();

  std::span<uint8_t> begin(size_t size) noexcept override;
  void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
            int64_t now_ns) noexcept override;

 private:
  Carrier(glib::Ref<GstPad> pad, glib::Ref<GstBufferPool> pool, glib::Ref<GstCaps> caps,
          size_t slot_count);
  void give_back() noexcept;

  glib::Ref<GstPad> pad_;
  glib::Ref<GstBufferPool> pool_;
  glib::Ref<GstCaps> caps_;
  GstBuffer* buffer_ = nullptr;  // Between begin() and send(), mapped.
  GstMapInfo map_{};
  int64_t base_time_ns_ = 0;
  glib::Ref<GstClock> clock_;
};

}  // namespace veche::media
