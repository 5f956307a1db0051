// SPDX-License-Identifier: Apache-2.0
// What protection costs on the lane: no allocation, and one description for all listeners.
#include <array>
#include <string>

#include "../../allocations.hpp"
#include "protection_fixture.hpp"

namespace veche::media {
namespace {

/// Takes packets and forgets them.
class SinkPath final : public Path {
 public:
  SinkPath() : Path(1) {}
  std::span<uint8_t> begin(size_t size) noexcept override { return std::span(memory_).first(size); }
  void send(const rtp::PacketView& packet, size_t slot, int64_t, int64_t) noexcept override {
    count(packet.bytes().size(), slot);
  }

 private:
  std::array<uint8_t, rtp::kMaxPacketSize> memory_{};
};

TEST_F(ProtectionTest, RepeatingAllocatesNothing) {
  SinkPath path;
  const SessionId id = SessionId::next();
  auto session = std::make_unique<LaneSession>(
      id, ParticipantId::next(), path, nullptr, counters_,
      std::vector<rtp::SlotFormat>{{.payload_type = kPrimary, .red_payload_type = kSent}});
  board_.add_session(session);
  board_.fill(id, 0, feed_->id, kStart);
  auto bytes = rtp::test::build(packet(1, std::string(80, 'p')));
  const int before = test::allocations();
  board_.protect(id, 0, {.repeated = 2});
  for (uint8_t i = 0; i < 100; ++i) {
    bytes[3] = i;
    board_.forward(feed_->id, *rtp::PacketView::parse(bytes), kStart, kLevel, kStart);
  }
  EXPECT_EQ(test::allocations(), before);
  EXPECT_EQ(path.packets.value(), 100u);
}

TEST_F(ProtectionTest, AFormIsMadeOnceForAllListeners) {
  rtp::History history(4);
  const auto first = rtp::test::build(packet(1, "p1.")),
             second = rtp::test::build(packet(2, "p2."));
  history.push(*rtp::PacketView::parse(first), 0);
  const auto live = *rtp::PacketView::parse(second);
  Redundancy redundancy(history, *feed_, live);
  const Form& form = redundancy.repeating(1);
  EXPECT_EQ(form.repeated_bytes, 4u + 1 + 3);
  history.clear();
  EXPECT_EQ(&redundancy.repeating(1), &form);
  EXPECT_EQ(redundancy.repeating(1).repeated_bytes, 4u + 1 + 3) << "it was not made again";
  EXPECT_EQ(redundancy.repeating(2).repeated_bytes, 0u);
}

}  // namespace
}  // namespace veche::media
