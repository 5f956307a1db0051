// SPDX-License-Identifier: Apache-2.0
// An IceAgent with the test in place of webrtcbin, which receives the agent's datagrams.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <vector>

#include "glib/ref.hpp"
#include "media/wire/ice_agent.hpp"

namespace veche::media::test {

class AgentEnd {
 public:
  using Bytes = std::vector<uint8_t>;

  AgentEnd();
  ~AgentEnd();
  AgentEnd(const AgentEnd&) = delete;
  AgentEnd& operator=(const AgentEnd&) = delete;

  const std::shared_ptr<IceAgent>& agent() const { return agent_; }
  /// Waits for the next datagram for webrtcbin. The test hangs if none arrives.
  Bytes take();
  /// Datagrams that have not been taken.
  size_t waiting();
  /// Between true and false, each delivery blocks.
  void block(bool blocks);
  /// Waits until a datagram is being delivered, or was.
  void wait_for_delivery() { entered_.acquire(); }
  /// The states that webrtcbin saw, as numbers of GstWebRTCICEConnectionState.
  std::vector<int> states();
  /// Gives webrtcbin's datagram to the agent, as its sink element would.
  void send(const Bytes& datagram);
  /// The datagrams that the agent sent of these.
  std::vector<Bytes> sent();

 private:
  static GstFlowReturn on_buffer(GstPad* pad, GstObject*, GstBuffer* buffer);
  static void on_state(GObject* transport, GParamSpec*, AgentEnd* self);

  std::shared_ptr<IceAgent> agent_;  // Shared with the relay.
  glib::Ref<GstPad> pad_;
  std::mutex mutex_, blocking_;
  std::vector<Bytes> received_, sent_;
  std::vector<int> states_;
  std::counting_semaphore<> entered_{0}, arrived_{0};
};

}  // namespace veche::media::test
