// SPDX-License-Identifier: Apache-2.0
// What all depacketizers that end in a parser of GStreamer's share: frames and their format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recording/track/depacketizer.hpp"
#include "recording/track/gst_chain.hpp"

namespace veche::recording {

/// After a loss the frames go on, as they do for a viewer: only what cannot be put together is
/// missing.
class GstDepacketizer : public Depacketizer {
 public:
  bool fill_to(int64_t, std::vector<Frame>&) final { return false; }
  const Format* format() const final { return format_ ? &*format_ : nullptr; }

 protected:
  struct Recipe {
    Codec codec;
    const char* name;  ///< Of the codec, for people.
    std::vector<std::string> elements;
    CapsPtr input, accepted;
  };
  explicit GstDepacketizer(Recipe recipe);

  /// Takes the buffer; frames that are complete go to `out`. Throws Failure.
  void feed(GstBuffer* buffer, std::vector<Frame>& out);
  /// The time of the packet's timestamp, for all of its packets the same.
  int64_t time_of(const Packet& packet, int64_t time_ns);
  bool is_next_frame(const Packet& packet) const noexcept {
    return is_started_ && packet.timestamp != timestamp_;
  }
  /// What becomes complete next comes after a loss.
  void note_loss() noexcept { is_after_loss_ = true; }
  /// A frame ended and did not come out.
  void count_missing() noexcept { ++(has_key_ ? refused_.incomplete : refused_.left_out); }

 private:
  void on_caps(GstCaps* caps);
  void on_frame(GstBuffer* buffer);

  Codec codec_;
  const char* name_;
  std::optional<Format> format_;
  bool has_key_ = false;
  bool is_after_loss_ = false;
  bool is_started_ = false;
  uint32_t timestamp_ = 0;
  int64_t time_ns_ = 0;                ///< Of that timestamp.
  std::vector<Frame>* out_ = nullptr;  ///< During feed().
  GstChain chain_;
};

}  // namespace veche::recording
