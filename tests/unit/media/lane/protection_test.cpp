// SPDX-License-Identifier: Apache-2.0
// What the lane repeats for a listener that is protected against loss, and what it does not.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "protection_fixture.hpp"

namespace veche::media {
namespace {

using testing::ElementsAre;

constexpr Protection kOne{.repeated = 1}, kTwo{.repeated = 2};

TEST_F(ProtectionTest, EachPacketRepeatsThoseBeforeIt) {
  Listener& one = listen(kOne);
  Listener& two = listen(kTwo);
  Listener& none = listen(kPlain);
  Listener& more = listen(Protection{.repeated = 7});
  send_all({1, 2, 3, 4});
  EXPECT_EQ(text(one), "p1. p2.(p1.) p3.(p2.) p4.(p3.)");
  EXPECT_EQ(text(two), "p1. p2.(p1.) p3.(p1. p2.) p4.(p2. p3.)");
  EXPECT_EQ(text(none), "p1. p2. p3. p4.");
  EXPECT_EQ(text(more), text(two)) << "at most two";
}

TEST_F(ProtectionTest, WhatIsRepeatedHasTheTimeOfItsPacket) {
  Listener& listener = listen(kTwo);
  for (uint32_t i = 0; i < 4; ++i) {
    auto spec = packet(static_cast<uint16_t>(65534 + i), "p" + std::to_string(i) + ".");
    spec.timestamp = 0u - 1920 + 960 * i;
    send(spec);
  }
  std::map<std::string, uint32_t> times;
  for (const Heard& each : heard(listener)) {
    times[each.primary] = each.timestamp;
    for (const auto& [timestamp, payload] : each.repeated) EXPECT_EQ(timestamp, times.at(payload));
  }
  EXPECT_EQ(text(listener), "p0. p1.(p0.) p2.(p0. p1.) p3.(p1. p2.)");
}

TEST_F(ProtectionTest, CountsWhatItRepeats) {
  Listener& listener = listen(kOne);
  send_all({1, 2, 3});
  // Two packets with a block header, the primary's header and three bytes.
  EXPECT_EQ(listener.path.slot_counters[0].redundant_bytes.value(), 2u * (4 + 1 + 3));
  EXPECT_EQ(counters_.redundant_bytes.value(), 2u * (4 + 1 + 3));
}

TEST_F(ProtectionTest, OthersGetTheSameBytesAsWithoutAProtectedListener) {
  // Of the stream's start, which is random, only the distances count.
  const auto distances = [](const Listener& listener) {
    std::vector<std::vector<uint8_t>> packets = listener.path.sent;
    const auto first = *rtp::PacketView::parse(listener.path.sent.front());
    for (auto& bytes : packets) {
      const auto view = *rtp::PacketView::parse(bytes);
      const uint32_t timestamp = view.timestamp() - first.timestamp();
      bytes[2] = 0;
      bytes[3] = static_cast<uint8_t>(view.sequence() - first.sequence());
      for (size_t i = 0; i < 4; ++i) bytes[4 + i] = static_cast<uint8_t>(timestamp >> (24 - 8 * i));
    }
    return packets;
  };
  Listener& alone = listen({});
  send_all({1, 2, 3, 5, 4, 6});
  board_.remove_session(alone.id);
  ASSERT_EQ(alone.path.sent.size(), 6u);

  feed_ = add_opus_track();
  Listener& before = listen({});
  Listener& is_protected = listen(kTwo);
  Listener& after = listen({});
  Listener& without = listen(kTwo, 0);
  send_all({1, 2, 3, 5, 4, 6});
  EXPECT_EQ(distances(before), distances(alone));
  EXPECT_EQ(distances(after), distances(alone));
  EXPECT_EQ(distances(without), distances(alone)) << "it has no redundant audio";
  EXPECT_EQ(without.path.slot_counters[0].redundant_bytes.value(), 0u);
  EXPECT_NE(distances(is_protected), distances(alone));
}

TEST_F(ProtectionTest, BeginsAndEndsInMidStream) {
  Listener& listener = listen({});
  send_all({1, 2});
  board_.protect(listener.id, 0, kTwo);
  send_all({3});
  board_.protect(listener.id, 0, kOne);
  send_all({4});
  board_.protect(listener.id, 0, {});
  send_all({5});
  EXPECT_EQ(text(listener), "p1. p2. p3.(p1. p2.) p4.(p3.) p5.");
}

TEST_F(ProtectionTest, ALostPacketLeavesAHole) {
  Listener& listener = listen(kTwo);
  send_all({1, 3, 4, 7, 8});
  EXPECT_EQ(text(listener), "p1. p3.(p1.) p4.(p3.) p7. p8.(p7.)");
}

TEST_F(ProtectionTest, ALatePacketRepeatsWhatWasBeforeIt) {
  Listener& listener = listen(kTwo);
  send_all({1, 2, 4, 3, 5});
  EXPECT_EQ(text(listener), "p1. p2.(p1.) p4.(p2.) p3.(p1. p2.) p5.(p3. p4.)");
}

TEST_F(ProtectionTest, NothingIsRepeatedAcrossASwitch) {
  const auto first = feed_;
  Listener& other = listen({});  // Keeps the first track's history.
  Listener& listener = listen(kTwo);
  send_all({1, 2});
  const auto second = add_opus_track();
  fill(listener, 0, second->id);
  send(*second, packet(3, "s3."));
  send(*second, packet(4, "s4."));
  send_all({3});
  fill(listener, 0, first->id);
  send_all({4, 5});
  EXPECT_EQ(text(listener), "p1. p2.(p1.) s3. s4.(s3.) p4. p5.(p4.)");
  EXPECT_EQ(other.path.sent.size(), 5u);
}

TEST_F(ProtectionTest, NothingIsRepeatedOfTheTimeInWhichASlotWasOff) {
  Listener& listener = listen(kTwo);
  send_all({1, 2});
  board_.set_active(listener.id, 0, false, outlet_.now_ns);
  send_all({3});
  board_.set_active(listener.id, 0, true, outlet_.now_ns);
  send_all({4, 5});
  board_.set_active(listener.id, 0, false, outlet_.now_ns);
  board_.set_active(listener.id, 0, true, outlet_.now_ns);
  send_all({6, 7});
  EXPECT_EQ(text(listener), "p1. p2.(p1.) - - - p4. p5.(p4.) - - - p6. p7.(p6.)");
}

TEST_F(ProtectionTest, WhatThePolicyWithholdsIsNotRepeated) {
  ScriptedPolicy policy(
      [](const veche_packet& packet, uint32_t) { return packet.timestamp != 3 * 960; });
  Listener& listener = listen(kTwo, kSent, &policy);
  send_all({1, 2, 3, 4, 5});
  EXPECT_EQ(text(listener), "p1. p2.(p1.) p4. p5.(p4.)");
}

TEST_F(ProtectionTest, ThePrerollIsRepeatedAsFarAsItWasSent) {
  uint32_t withheld = 0;
  ScriptedPolicy policy([&withheld](const veche_packet& packet, uint32_t) {
    return packet.timestamp != withheld * 960;
  });
  for (uint16_t i = 1; i <= 2; ++i) {
    const auto bytes = rtp::test::build(packet(i, "p" + std::to_string(i) + "."));
    board_.remember(feed_->id, *rtp::PacketView::parse(bytes), outlet_.now_ns);
  }
  withheld = 1;
  Listener& first = listen(kTwo, kSent, &policy);
  send_all({3, 4});
  EXPECT_EQ(text(first), "p2. p3.(p2.) p4.(p2. p3.)");
  withheld = 4;
  Listener& second = listen(kTwo, kSent, &policy);
  send_all({5, 6});
  EXPECT_EQ(text(second), "p1. p2. p3. p5. p6.(p5.)");
}

TEST_F(ProtectionTest, WhatWasSaidBeforeAPauseIsNotRepeated) {
  Listener& listener = listen(kTwo);
  uint16_t sequence = 1;
  uint32_t timestamp = 0;
  // A packet of 120 ms is the longest.
  for (const uint32_t milliseconds : {20u, 60u, 120u, 121u, 20u, 20u}) {
    timestamp += 48 * milliseconds;
    auto spec = packet(sequence, "p" + std::to_string(sequence) + ".");
    spec.timestamp = timestamp;
    spec.marker = true;  // As some clients do.
    send(spec);
    ++sequence;
  }
  EXPECT_EQ(text(listener), "p1. p2.(p1.) p3.(p1. p2.) p4. p5.(p4.) p6.(p4. p5.)");
}

TEST_F(ProtectionTest, SilentPacketsRepeatButAreNotRepeated) {
  Listener& listener = listen(kTwo);
  send_all({1, 2});
  send(packet(3, "-x"));
  send_all({4, 5});
  EXPECT_EQ(text(listener), "p1. p2.(p1.) -x(p1. p2.) p4.(p2.) p5.(p4.)");
}

TEST_F(ProtectionTest, AnEmptyPacketStaysEmpty) {
  Listener& listener = listen(kTwo);
  send_all({1});
  send(packet(2, ""));
  send_all({3});
  EXPECT_EQ(text(listener), "p1.  p3.(p1.)");
}

TEST_F(ProtectionTest, APacketStaysWithinADatagram) {
  Listener& listener = listen(kTwo);
  const std::vector<size_t> sizes{400, 600, 400, 1100, 20, 1000, 20};
  for (size_t i = 0; i < sizes.size(); ++i) {
    send(packet(static_cast<uint16_t>(i + 1),
                std::string(sizes[i], static_cast<char>('a' + static_cast<int>(i)))));
  }
  std::vector<size_t> blocks;
  for (const Heard& each : heard(listener)) blocks.push_back(each.repeated.size());
  EXPECT_THAT(blocks, ElementsAre(0, 1, 1, 0, 1, 1, 2)) << "the oldest is left out first";
  for (size_t i = 0; i < sizes.size(); ++i) {
    const size_t size = listener.path.sent[i].size();
    EXPECT_TRUE(size <= Redundancy::kMaxPacket || blocks[i] == 0) << size;
    EXPECT_EQ(heard(listener)[i].primary.size(), sizes[i]);
  }
}

/// A packet with redundancy of the publisher's own.
rtp::test::PacketSpec red_packet(uint16_t sequence, uint8_t red, uint8_t opus,
                                 const std::string& before, const std::string& payload) {
  std::vector<uint8_t> bytes{static_cast<uint8_t>(0x80 | opus), 0x0f, 0x00,
                             static_cast<uint8_t>(before.size()), opus};
  bytes.insert(bytes.end(), before.begin(), before.end());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return {
      .sequence = sequence, .timestamp = 960u * sequence, .payload_type = red, .payload = bytes};
}

TEST_F(ProtectionTest, APublishersOwnRedundancyIsUsedOrLeftOutAndNeverNested) {
  Listener& undecided = listen({});
  Listener& none = listen(kPlain);
  Listener& one = listen(kOne);
  Listener& two = listen(kTwo);
  Listener& without = listen(kTwo, 0);
  send_all({1});
  send(red_packet(2, kRed, kOpus, "p1.", "p2."));
  send(red_packet(4, kRed, kOpus, "p3.", "p4."));  // The third was lost on its way here.
  send(red_packet(5, kRed, kOpus, "p4.", "p5."));
  EXPECT_EQ(text(undecided), "p1. p2.(p1.) p4.(p3.) p5.(p4.)");
  EXPECT_EQ(text(none), "p1. p2. p4. p5.");
  EXPECT_EQ(text(one), "p1. p2.(p1.) p4.(p3.) p5.(p4.)");
  EXPECT_EQ(text(two), "p1. p2.(p1.) p4.(p2. p3.) p5.(p4.)");
  EXPECT_EQ(text(without), "p1. p2. p4. p5.");
}

TEST_F(ProtectionTest, EncryptedTracksAreSentAsTheyArePublished) {
  feed_->is_encrypted = true;
  Listener& none = listen(kPlain);
  Listener& two = listen(kTwo);
  send_all({1, 2});
  send(red_packet(3, kRed, kOpus, "p2.", "p3."));
  send_all({4});
  EXPECT_EQ(text(none), "p1. p2. p3.(p2.) p4.");
  EXPECT_EQ(text(two), text(none));
}

TEST_F(ProtectionTest, ResendingAndWishesAreThePaths) {
  Listener& listener = listen({});
  board_.protect(listener.id, 0, {.resends = false});
  board_.protect(listener.id, 0, {});
  board_.protect(listener.id, 1, {});
  board_.protect(SessionId::next(), 0, {});
  EXPECT_EQ(listener.path.resent, (std::vector<std::pair<size_t, bool>>{{0, false}, {0, true}}));
  listener.session->wish(64'000, kStart);
  EXPECT_THAT(listener.path.wishes, ElementsAre(64'000));
}

/// A receiver that takes what later packets repeat misses a packet only if these are lost, too.
TEST_F(ProtectionTest, OnlyRunsOfLossesLongerThanTheProtectionAreMissed) {
  constexpr size_t kPackets = 5000;
  for (uint8_t repeated = 0; repeated <= Protection::kMostRepeated; ++repeated) {
    feed_ = add_opus_track();
    Listener& listener = listen(Protection{.repeated = repeated});
    for (size_t i = 1; i <= kPackets; ++i) send_all({static_cast<uint16_t>(i)});
    ASSERT_EQ(listener.path.sent.size(), kPackets);
    std::mt19937 random(4588);
    std::vector<bool> lost(kPackets);
    for (size_t i = 0; i < kPackets; ++i) lost[i] = random() % 100 < 20;
    std::map<std::string, uint32_t> received;
    const std::vector<Heard> all = heard(listener);
    for (size_t i = 0; i < kPackets; ++i) {
      if (lost[i]) continue;
      received[all[i].primary] = all[i].timestamp;
      for (const auto& [timestamp, payload] : all[i].repeated) received[payload] = timestamp;
    }
    size_t missed = 0;
    for (size_t i = 0; i + repeated < kPackets; ++i) {
      bool is_run = true;
      for (size_t j = i; j <= i + repeated; ++j) is_run = is_run && lost[j];
      const auto found = received.find("p" + std::to_string(i + 1) + ".");
      EXPECT_EQ(found == received.end(), is_run) << "packet " << i << ", repeated " << +repeated;
      if (found != received.end()) {
        EXPECT_EQ(found->second, all[i].timestamp);
      }
      missed += is_run ? 1 : 0;
    }
    EXPECT_GT(missed, 0u) << "the test has such runs";
    board_.remove_session(listener.id);
  }
}

}  // namespace
}  // namespace veche::media
