// SPDX-License-Identifier: Apache-2.0
// Rewriter: invariants for any order of events, checked against a plain and slow model of a slot.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>

#include "../repetitions.hpp"
#include "base/time.hpp"
#include "packet_builder.hpp"
#include "rtp/rewriter.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::Bytes;

constexpr int64_t kStep = 960;

/// Remembers everything, in numbers that do not wrap.
class Model {
 public:
  void switch_source() { in_turn_ = false; }

  void skip(int64_t in) {
    if (!in_turn_) return;
    if (jumps(in)) return switch_source();
    if (!takes(in)) return;
    taken_.insert(in);
    newest_ = std::max(newest_, in);
    const bool is_newest =
        in > written_.rbegin()->first && (padded_.empty() || in > *padded_.rbegin());
    if (is_newest) closed_.insert(in);
  }

  /// The output sequence number of a packet of padding.
  std::optional<int64_t> pad() {
    if (highest_out_ < 0) return std::nullopt;
    if (!in_turn_) return ++highest_out_;
    const int64_t out = place_of(newest_ + 1);
    padded_.insert(newest_);
    return highest_out_ = out;
  }

  /// The output sequence number, or nothing if the packet must not be sent.
  std::optional<int64_t> write(int64_t in) {
    begins_ = !in_turn_ || jumps(in);
    if (begins_) {
      in_turn_ = true;
      first_in_ = newest_ = in;
      first_out_ = highest_out_ + 1;
      taken_.clear();
      closed_.clear();
      padded_.clear();
      written_.clear();
    } else if (!takes(in)) {
      return std::nullopt;
    }
    taken_.insert(in);
    newest_ = std::max(newest_, in);
    const int64_t out = place_of(in);
    if (highest_out_ - out > int64_t{Rewriter::kWindow}) return std::nullopt;
    written_[in] = out;
    highest_out_ = std::max(highest_out_, out);
    return out;
  }

  bool begins() const { return begins_; }
  int64_t highest_out() const { return highest_out_; }

 private:
  int64_t place_of(int64_t in) const {
    const auto closed_before = std::distance(closed_.begin(), closed_.lower_bound(in));
    const auto padded_before = std::distance(padded_.begin(), padded_.lower_bound(in));
    return first_out_ + (in - first_in_) - closed_before + padded_before;
  }
  bool jumps(int64_t in) const {
    return std::max(in - newest_, place_of(in) - highest_out_) > int64_t{Rewriter::kMaxGap};
  }
  bool takes(int64_t in) const {
    return in > first_in_ && newest_ - in <= int64_t{Rewriter::kWindow} && taken_.count(in) == 0;
  }

  bool in_turn_ = false, begins_ = false;
  int64_t first_in_ = 0, first_out_ = 0, newest_ = 0, highest_out_ = -1;
  std::set<int64_t> taken_, closed_;
  std::multiset<int64_t> padded_;  ///< The source's newest packet at the time.
  std::map<int64_t, int64_t> written_;
};

struct Source {
  int64_t sequence;
  int64_t timestamp;
};

/// Follows the stream as its receiver does.
struct Receiver {
  std::set<int64_t> seen;
  int64_t highest = -1;
  int64_t highest_timestamp = 0;
};

class RtpRewriterProperty : public testing::TestWithParam<uint32_t> {
 protected:
  static constexpr uint16_t kFirst = 65000;
  static constexpr uint32_t kFirstTimestamp = 0xffff0000;

  int random(int below) { return std::uniform_int_distribution<int>(0, below - 1)(engine_); }

  /// Mostly the next packet; sometimes a lost, late, repeated or very old one, or a jump.
  int64_t next_sequence() {
    Source& source = sources_[current_];
    const int dice = random(1000);
    if (dice < 800) return ++source.sequence;
    if (dice < 900) return source.sequence += 1 + random(6);
    if (dice < 985) return source.sequence - random(12);
    if (dice < 998) return source.sequence - random(90);
    return source.sequence += random(2 * Rewriter::kMaxGap);
  }

  void send(int64_t in) {
    const int64_t in_timestamp = sources_[current_].timestamp + in * kStep;
    const Bytes bytes = build(
        {.sequence = static_cast<uint16_t>(in), .timestamp = static_cast<uint32_t>(in_timestamp)});
    std::array<uint8_t, 200> out{};
    const auto written = rewriter_.write(*PacketView::parse(bytes), 1, AudioLevel{}, now_ns_, out);
    const auto expected = model_.write(in);
    ASSERT_EQ(written.has_value(), expected.has_value());
    if (!expected) return;
    const auto packet = PacketView::parse(written->bytes());
    ASSERT_TRUE(packet);
    ASSERT_EQ(packet->sequence(), static_cast<uint16_t>(kFirst + *expected));
    check_as_receiver(*expected, *packet);
    const auto out_timestamp = packet->timestamp();
    if (model_.begins()) turn_offset_ = out_timestamp - static_cast<uint32_t>(in_timestamp);
    ASSERT_EQ(out_timestamp - static_cast<uint32_t>(in_timestamp), turn_offset_)
        << "distances changed";
  }

  void pad() {
    std::array<uint8_t, 100> out{};
    const auto written = rewriter_.write_padding(1, out);
    const auto expected = model_.pad();
    ASSERT_EQ(written.has_value(), expected.has_value());
    if (!expected) return;
    const auto packet = PacketView::parse(written->bytes());
    ASSERT_TRUE(packet);
    ASSERT_EQ(packet->sequence(), static_cast<uint16_t>(kFirst + *expected));
    ASSERT_EQ(packet->timestamp(), last_timestamp_);
    ASSERT_TRUE(receiver_.seen.insert(*expected).second) << "sequence number sent twice";
    ASSERT_GT(*expected, receiver_.highest);
    receiver_.highest = *expected;
  }

  void check_as_receiver(int64_t out, const PacketView& packet) {
    ASSERT_TRUE(receiver_.seen.insert(out).second) << "sequence number sent twice";
    ASSERT_GE(out, receiver_.highest - int64_t{Rewriter::kWindow}) << "went back too far";
    if (model_.begins()) {
      ASSERT_EQ(out, receiver_.highest + 1) << "a gap at a switch";
      ASSERT_TRUE(packet.marker());
      if (receiver_.highest >= 0) {
        ASSERT_GE(static_cast<int32_t>(packet.timestamp() - last_timestamp_), kStep);
      }
    } else {
      ASSERT_FALSE(packet.marker());
    }
    if (out > receiver_.highest) {
      receiver_.highest = out;
      last_timestamp_ = packet.timestamp();
    }
  }

  std::mt19937 engine_{GetParam()};
  std::array<Source, 3> sources_{Source{100, 0}, Source{65530, 7'000'000},
                                 Source{30000, 4'294'000'000}};
  size_t current_ = 0;
  int64_t now_ns_ = 0;
  Rewriter rewriter_{
      {.ssrc = 1, .payload_type = 96, .mid_extension = 3, .audio_level_extension = 1, .mid = "0"},
      kFirst,
      kFirstTimestamp};
  Model model_;
  Receiver receiver_;
  uint32_t turn_offset_ = 0, last_timestamp_ = 0;
};

TEST_P(RtpRewriterProperty, AgreesWithTheModel) {
  for (int event = 0; event < 100'000; ++event) {
    if (random(4) != 0) now_ns_ += random(40) * kNsPerMs;  // Otherwise part of a burst.
    if (random(150) == 0) {
      current_ = static_cast<size_t>(random(static_cast<int>(sources_.size())));
      rewriter_.switch_source();
      model_.switch_source();
    }
    if (random(40) == 0) {
      ASSERT_NO_FATAL_FAILURE(pad()) << "event " << event << " of seed " << GetParam();
    }
    const int64_t in = next_sequence();
    if (random(20) == 0) {
      const Bytes bytes = build({.sequence = static_cast<uint16_t>(in)});
      rewriter_.skip(*PacketView::parse(bytes));
      model_.skip(in);
    } else {
      ASSERT_NO_FATAL_FAILURE(send(in)) << "event " << event << " of seed " << GetParam();
    }
  }
  EXPECT_GT(receiver_.seen.size(), 50'000u);
  EXPECT_GT(receiver_.highest, 65536) << "did not wrap";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RtpRewriterProperty,
                         testing::ValuesIn(veche::test::sampled(std::vector{1u, 2u, 3u,
                                                                            20240607u})));

}  // namespace
}  // namespace veche::rtp
