// SPDX-License-Identifier: Apache-2.0
// The path of a client's packets once webrtcbin has connected it.
#pragma once

#include <gst/gst.h>
#include <nice/agent.h>

#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "client_feedback.hpp"
#include "glib/ref.hpp"
#include "receiver.hpp"
#include "socket_reader.hpp"

namespace veche::load {

class MediaPath {
 public:
  virtual ~MediaPath() = default;
  /// [any] webrtcbin has made an element; `factory` is its type.
  virtual void see(GstElement* element, std::string_view factory) = 0;
  /// [worker] Once, when the client is connected. `transport_cc`: the header extension id in the
  /// server's packets; 0: not negotiated.
  virtual Status open(uint8_t transport_cc) = 0;
  /// [worker] No packet is received after it returns.
  virtual void close() = 0;
  /// [generator] After open(). False if the packet was refused.
  virtual bool send(std::span<const uint8_t> packet) noexcept = 0;
};

/// Bypasses webrtcbin's elements and threads with DTLS' keys and ICE's socket. webrtcbin still
/// handles STUN. RTCP comes from `ssrc`.
std::shared_ptr<MediaPath> make_direct_path(glib::Ref<NiceAgent> agent, SocketReader& reader,
                                            std::shared_ptr<Receiver> receiver, uint32_t ssrc,
                                            Feedback feedback);

/// Through webrtcbin's elements, as an application would: with sender and receiver reports and
/// transport-cc feedback, at several times the cost. `sink` is webrtcbin's pad, `caps` the format
/// of the sent packets.
std::shared_ptr<MediaPath> make_element_path(glib::Ref<GstElement> pipeline, GstPad* sink,
                                             glib::Ref<GstCaps> caps,
                                             std::shared_ptr<Receiver> receiver);

}  // namespace veche::load
