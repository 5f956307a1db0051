// SPDX-License-Identifier: Apache-2.0
// A port on loopback that the test drives itself, a room on a real lane, and clients with sockets.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../../rtp/srtp_pair.hpp"
#include "../lane/lane_fixture.hpp"
#include "../virtual_clock.hpp"
#include "media/wire/wire_port.hpp"
#include "udp_client.hpp"

namespace veche::media {

namespace test {

Settings settings_of(std::vector<std::string> addresses, uint16_t first_port, uint16_t last_port);

}  // namespace test

class WirePortTest : public LaneFixture {
 protected:
  using Bytes = test::Bytes;

  static constexpr uint32_t kSlot = 200;  ///< The session's first slot.
  static constexpr uint32_t kTrack = 7;   ///< The client's SSRC.
  static constexpr uint8_t kTransportCc = 3;

  /// One session from both ends: its client seals and opens with these keys.
  struct Session {
    SessionId id = SessionId::next();
    std::shared_ptr<Ingress> ingress;
    WirePeer* peer = nullptr;  ///< The port owns it.
    std::string ufrag;
    std::unique_ptr<rtp::SrtpSender> sender;
    std::unique_ptr<rtp::SrtpReceiver> receiver;

    Bytes seal_rtp(Bytes packet);
    Bytes seal_rtcp(Bytes packet);
    /// Empty: refused.
    Bytes open_rtp(Bytes datagram);
    Bytes open_rtcp(Bytes datagram);
  };

  WirePortTest() : LaneFixture(test::VirtualClock::read) { open_port({"127.0.0.1"}); }
  /// On the first free port after one that the system chooses.
  void open_port(std::vector<std::string> addresses);

  /// A session whose client is known by this ufrag, with or without keys; its tracks are the
  /// talker's.
  Session add_session(const std::string& ufrag = "CLNT", bool with_keys = true);
  static void use_keys(Session& session);
  /// The port handles all received datagrams.
  void receive() {
    while (port_->receive()) {
    }
  }
  void receive(const test::UdpClient& client, const Bytes& datagram) {
    client.send(datagram);
    receive();
  }
  /// The client's binding request; the answer is read from its socket.
  void bind(test::UdpClient& client, const Session& session, bool nominates);
  /// As a client does that knows the server is lite: first a plain check.
  void nominate(test::UdpClient& client, const Session& session) {
    bind(client, session, false);
    bind(client, session, true);
  }
  /// The client's voice, sealed.
  static Bytes voice(Session& session, uint16_t sequence);
  /// Hands a slot's packet to the path.
  void send_voice(WirePeer& peer, uint16_t sequence);
  std::unique_ptr<test::UdpClient> make_client() const {
    return std::make_unique<test::UdpClient>("127.0.0.1", port_->port());
  }

  test::VirtualClock clock_;
  uint32_t slot_count_ = 1;  ///< Of sessions that are added.
  DtlsRelay relay_;
  std::unique_ptr<WirePort> port_;
};

}  // namespace veche::media
