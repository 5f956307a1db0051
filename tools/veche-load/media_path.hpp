// SPDX-License-Identifier: Apache-2.0
// How a client's packets travel once webrtcbin has connected it.
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
  /// [any] webrtcbin has made an element; `factory` says what it is.
  virtual void see(GstElement* element, std::string_view factory) = 0;
  /// [worker] Once, when the client is connected. `transport_cc`: the header extension of what the
  /// server sends; 0: none was negotiated.
  virtual Status open(uint8_t transport_cc) = 0;
  /// [worker] Nothing is received any more when it returns.
  virtual void close() = 0;
  /// [generator] After open(). False if the packet was not taken.
  virtual bool send(std::span<const uint8_t> packet) noexcept = 0;
};

/// Around webrtcbin's elements and threads: with the keys of DTLS and the socket of ICE. What
/// webrtcbin still does is STUN. RTCP comes from `ssrc`.
std::shared_ptr<MediaPath> make_direct_path(glib::Ref<NiceAgent> agent, SocketReader& reader,
                                            std::shared_ptr<Receiver> receiver, uint32_t ssrc,
                                            Feedback feedback);

/// Through webrtcbin's elements, as an application would do it: with sender and receiver reports
/// and transport-cc feedback, at several times the cost. `sink` is webrtcbin's pad, `caps` what is
/// sent there.
std::shared_ptr<MediaPath> make_element_path(glib::Ref<GstElement> pipeline, GstPad* sink,
                                             glib::Ref<GstCaps> caps,
                                             std::shared_ptr<Receiver> receiver);

}  // namespace veche::load
