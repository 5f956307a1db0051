// SPDX-License-Identifier: Apache-2.0
// One participant's PeerConnection: a webrtcbin without any costly part.
#pragma once

#include <nice/agent.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/signal.hpp"
#include "glib/webrtc_bin.hpp"
#include "media_path.hpp"
#include "receiver.hpp"
#include "socket_reader.hpp"
#include "talker.hpp"

namespace veche::load {

struct ClientSettings {
  uint32_t ssrc = 0;
  uint32_t slots = 0;
  /// Null: packets travel through webrtcbin's elements (media_path.hpp). Outlives the client.
  SocketReader* reader = nullptr;
  Feedback feedback = Feedback::None;  ///< With a reader; webrtcbin's elements make their own.
};

/// Called on webrtcbin's threads, also after close() was entered.
struct ClientEvents {
  std::function<void()> connected;
  std::function<void(const std::string& reason)> failed;
};

class Client {
 public:
  /// [worker] Makes the pipeline and the offer, with all candidates. Blocks.
  static Result<std::unique_ptr<Client>> create(const ClientSettings& settings,
                                                const ClientEvents& events,
                                                std::shared_ptr<Receiver> receiver);
  /// [worker] Releases everything; blocks. The generator has stopped sending by then.
  ~Client();

  const std::string& offer() const { return offer_; }
  /// [worker] Blocks.
  Status set_answer(const std::string& sdp);
  /// The format of the packets. After set_answer().
  const TalkerFormat& format() const { return format_; }
  /// [worker] Once, when it is connected.
  Status start_sending();
  /// [generator] After start_sending(). False if the packet was refused.
  bool send(std::span<const uint8_t> packet) noexcept;

 private:
  explicit Client(std::unique_ptr<glib::WebrtcBin> webrtc);
  Status configure_agent();
  Status add_sections(const ClientSettings& settings, std::shared_ptr<Receiver> receiver);
  /// Shows the path each element that webrtcbin makes from now on.
  void show_elements();
  Status make_offer();
  void repeat_ice_state();

  std::unique_ptr<glib::WebrtcBin> webrtc_;
  glib::Ref<NiceAgent> agent_;
  std::shared_ptr<MediaPath> path_;  // Shared with the callback that shows it elements.
  glib::Signal element_added_;
  TalkerFormat format_;
  uint8_t slot_transport_cc_ = 0;
  std::string offer_;
};

}  // namespace veche::load
