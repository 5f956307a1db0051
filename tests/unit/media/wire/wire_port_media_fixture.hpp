// SPDX-License-Identifier: Apache-2.0
// A lane's port with a client that has nominated its address, and a talk that has begun.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "reports_fixture.hpp"
#include "wire_port_fixture.hpp"

namespace veche::media {

class WirePortMediaTest : public WirePortTest {
 protected:
  /// The talker speaks through the port, and the listener hears it through the lane.
  void SetUp() override {
    begin_talk();
    session_ = add_session();
    client_ = make_client();
    nominate(*client_, session_);
  }
  uint64_t accepted() const { return session_.ingress->packets.value(); }
  uint64_t dropped() const { return session_.ingress->dropped(); }
  /// Ticks until the client gets RTCP; returns it, opened.
  test::Bytes next_rtcp() {
    for (int i = 0; i < 100; ++i) {
      clock_.pass_ms(25);
      port_->tick(clock_.now_ns());
      EXPECT_EQ(port_->tick_due_ns(), clock_.now_ns() + Reports::kTickNs);
      if (auto datagram = client_->receive()) return session_.open_rtcp(std::move(*datagram));
    }
    return {};
  }
  test::Bytes compound(const std::function<void(rtp::RtcpWriter&)>& write) {
    test::Bytes memory(512);
    rtp::RtcpWriter writer(memory);
    write(writer);
    memory.resize(writer.bytes().size());
    return memory;
  }

  Session session_;
  std::unique_ptr<test::UdpClient> client_;
};

}  // namespace veche::media
