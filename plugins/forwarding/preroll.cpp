// SPDX-License-Identifier: Apache-2.0
// Finds the start of an utterance among replayed packets: backwards from the newest until a pause.
#include "forwarding/preroll.hpp"

#include <veche/selector.h>

#include <algorithm>
#include <iterator>

#include "forwarding/voice_activity.hpp"

namespace veche::forwarding {
namespace {

/// Soft packets before the first loud one: a breath, a consonant.
constexpr size_t kLeadInPackets = 2;
constexpr int64_t kLeadInNs = ms_to_ns(60);
/// A pause of at least this length separates utterances; shorter ones are within a word.
constexpr int64_t kPauseNs = ms_to_ns(120);
/// Sound this far below the loudest packet is background.
constexpr uint8_t kBackground = 25;  // dB

uint8_t loudness(const veche_packet& packet) {
  return static_cast<uint8_t>(VECHE_LEVEL_SILENCE -
                              std::min<uint8_t>(packet.level, VECHE_LEVEL_SILENCE));
}

/// The index of the first packet of the utterance that goes on at the end, or the size if there is
/// no speech.
size_t utterance_start(Strided<const veche_packet> packets, uint8_t gate_loudness) {
  uint8_t peak = 0;
  for (const veche_packet& packet : packets) peak = std::max(peak, loudness(packet));
  const uint8_t threshold =
      std::max<uint8_t>(gate_loudness, peak > kBackground ? peak - kBackground : 0);
  size_t start = packets.size();
  int64_t voice_ns = 0;
  for (size_t i = packets.size(); i-- > 0;) {
    if (start != packets.size() && voice_ns - packets[i].arrival_ns > kPauseNs) break;
    if (loudness(packets[i]) < threshold) continue;
    start = i;
    voice_ns = packets[i].arrival_ns;
  }
  if (start == packets.size()) return start;
  for (size_t lead = 0; lead < kLeadInPackets && start > 0; ++lead) {
    if (voice_ns - packets[start - 1].arrival_ns > kLeadInNs) break;
    --start;
  }
  return start;
}

}  // namespace

void decide(PrerollState& state, const veche_route& route, Strided<const veche_packet> packets,
            const PrerollTuning& tuning, uint32_t* verdicts) noexcept {
  const auto history_end = std::find_if(
      packets.begin(), packets.end(),
      [](const veche_packet& packet) { return (packet.flags & VECHE_PACKET_PREROLL) == 0; });
  const auto history =
      packets.part(0, static_cast<size_t>(std::distance(packets.begin(), history_end)));
  const bool replay = tuning.length_ns > 0 && route.kind == VECHE_KIND_AUDIO && state.live == 0;
  const size_t start = state.begun != 0 ? 0 : utterance_start(history, tuning.gate_loudness);
  for (size_t i = 0; i < packets.size(); ++i) {
    const bool live = (packets[i].flags & VECHE_PACKET_PREROLL) == 0;
    const bool recent = route.now_ns - packets[i].arrival_ns <= tuning.length_ns;
    const bool forward = live || (replay && i >= start && i < history.size() && recent);
    verdicts[i] = forward ? VECHE_VERDICT_FORWARD : VECHE_VERDICT_DROP;
    if (live) state.live = 1;
    if (forward) state.begun = 1;
  }
}

}  // namespace veche::forwarding
