// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whatever sources send, a slot's stream has no sequence number twice and never goes
// back too far.
#include <array>
#include <bitset>
#include <cstdlib>
#include <string>
#include <vector>

#include "rtp/rewriter.hpp"
#include "rtp/sequence.hpp"

namespace {

using veche::rtp::AudioLevel;
using veche::rtp::PacketView;
using veche::rtp::Rewriter;
using veche::rtp::SequenceExtender;

void require(bool holds) {
  if (!holds) std::abort();
}

class Input {
 public:
  explicit Input(std::span<const uint8_t> bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  uint8_t byte() {
    if (rest_.empty()) return 0;
    const uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::span<const uint8_t> take(size_t size) {
    const auto part = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(part.size());
    return part;
  }

 private:
  std::span<const uint8_t> rest_;
};

/// What a receiver's SRTP would object to.
class Receiver {
 public:
  void take(uint16_t sequence) {
    const uint32_t extended = extender_.extend(sequence);
    if (highest_ == 0 || extended > highest_) {
      const size_t ahead = highest_ == 0 ? seen_.size() : extended - highest_;
      require(highest_ == 0 || ahead <= size_t{Rewriter::kMaxGap});
      seen_ <<= ahead;
      highest_ = extended;
    }
    const uint32_t behind = highest_ - extended;
    require(behind <= Rewriter::kWindow && !seen_[behind]);
    seen_.set(behind);
  }

 private:
  SequenceExtender extender_;
  uint32_t highest_ = 0;
  std::bitset<Rewriter::kWindow + 1> seen_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input({data, size});
  const uint8_t mid_extension = input.byte();
  const uint8_t audio_level_extension = input.byte();
  Rewriter rewriter({.ssrc = 1,
                     .payload_type = input.byte(),
                     .mid_extension = mid_extension,
                     .audio_level_extension = audio_level_extension,
                     .mid = std::string(input.byte(), 'm')},
                    static_cast<uint16_t>(input.byte() << 8), 0);
  Receiver receiver;
  int64_t now_ns = 0;
  std::array<uint8_t, 600> out{};
  // An own allocation per packet, so that sanitizers see a read past its end.
  std::vector<uint8_t> bytes;
  while (!input.empty()) {
    const uint8_t action = input.byte();
    now_ns += input.byte() * int64_t{10'000'000};
    if ((action & 7) == 0) rewriter.switch_source();
    const auto raw = input.take(4 + (action >> 3));
    bytes.assign(raw.begin(), raw.end());
    bytes.resize(std::max<size_t>(bytes.size(), 12));
    if ((action & 4) == 0) bytes[0] = 0x80;
    const auto packet = PacketView::parse(bytes);
    if (!packet) continue;
    if ((action & 3) == 1) {
      rewriter.skip(*packet);
      continue;
    }
    const auto level = packet->audio_level(1);
    const size_t room = (action & 3) == 2 ? action : out.size();
    const auto written = rewriter.write(*packet, 7, level, now_ns, std::span(out).first(room));
    if (!written) continue;
    require(written->bytes().size() <= std::min(room, rewriter.max_size(*packet)));
    const auto sent = PacketView::parse(written->bytes());
    // A payload type that looks like RTCP is the configuration's fault.
    if (!sent) {
      require(out[1] >= 192 && out[1] <= 223);
      return 0;
    }
    require(sent->payload().size() == packet->payload().size());
    require(written->payload().data() == sent->payload().data());
    receiver.take(sent->sequence());
  }
  return 0;
}
