// SPDX-License-Identifier: Apache-2.0
// The rules of docs/speaker-detection.md, "Who takes whose place".
#include "forwarding/challenge.hpp"

namespace veche::forwarding {
namespace {

constexpr int64_t kVoicedNs = ms_to_ns(100);
constexpr float kUnmeasuredMs = 100;
constexpr int64_t kFreeForUnmeasuredNs = ms_to_ns(2000);
constexpr float kTentativeLeadMs = 60;
constexpr int64_t kClaimNs = ms_to_ns(200);
constexpr int64_t kTenureNs = ms_to_ns(600);
constexpr int64_t kTenurePauseNs = ms_to_ns(200);
constexpr int64_t kYieldNs = ms_to_ns(300);
constexpr int64_t kEarlyYieldNs = ms_to_ns(150);
constexpr float kSpeakingMs = 60;

Phase phase_of(const VoiceActivity& voice, bool has_levels, int64_t silent_ns,
               const Tuning& tuning) {
  if (voice.last_voice_ns == 0 || silent_ns > tuning.hangover_ns) return Phase::Silent;
  if (!has_levels) return voice.evidence_ms >= kUnmeasuredMs ? Phase::Unmeasured : Phase::Silent;
  return voice.talking_since_ns != 0 ? Phase::Talking : Phase::Tentative;
}

float strength_of(const Standing& standing) {
  const float medium = standing.evidence_ms / VoiceActivity::kMaxEvidenceMs;
  switch (standing.phase) {
    case Phase::Silent: return -static_cast<float>(standing.silent_ns) * 1e-9F;
    case Phase::Unmeasured: return 0;
    case Phase::Tentative: return 1 + medium;
    case Phase::Talking: break;
  }
  return 3 + medium + standing.long_activity;
}

/// A new talker may interrupt once, unless the holder has just begun to talk too. The claim ends
/// before the tenure does, so a displaced talker has no claim left and cannot strike back.
bool claims(const Standing& challenger, const Standing& holder) {
  return challenger.talking_for_ns <= kClaimNs && may_be_interrupted(holder);
}

/// The comparison of Volfin and Cohen: ahead on all three scales, here of a holder that pauses. A
/// brand-new talker may have made a long interjection: the interrupted track then returns at once.
bool outlasts(const Standing& challenger, const Standing& holder) {
  const int64_t pause_ns = holder.talking_for_ns < kTenureNs ? kEarlyYieldNs : kYieldNs;
  return holder.silent_ns >= pause_ns && challenger.evidence_ms > holder.evidence_ms &&
         challenger.long_activity > holder.long_activity;
}

}  // namespace

Standing standing_of(const VoiceActivity& voice, bool has_levels, int64_t now_ns,
                     const Tuning& tuning) noexcept {
  Standing standing{};
  standing.silent_ns = now_ns - voice.last_voice_ns;
  standing.phase = phase_of(voice, has_levels, standing.silent_ns, tuning);
  standing.voiced = standing.phase != Phase::Silent && standing.silent_ns <= kVoicedNs;
  standing.talking_for_ns = voice.talking_since_ns != 0 ? now_ns - voice.talking_since_ns : 0;
  standing.evidence_ms = voice.evidence_ms;
  standing.long_activity = voice.long_activity;
  standing.strength = strength_of(standing);
  return standing;
}

bool takes_over(const Standing& challenger, const Standing& holder) noexcept {
  if (!challenger.voiced) return false;
  if (challenger.phase == Phase::Unmeasured) {
    return holder.phase == Phase::Silent && holder.silent_ns >= kFreeForUnmeasuredNs;
  }
  switch (holder.phase) {
    case Phase::Silent:
    case Phase::Unmeasured: return true;
    case Phase::Tentative: return challenger.evidence_ms >= holder.evidence_ms + kTentativeLeadMs;
    case Phase::Talking: break;
  }
  return challenger.phase == Phase::Talking &&
         (claims(challenger, holder) || outlasts(challenger, holder));
}

bool may_be_interrupted(const Standing& talker) noexcept {
  return talker.talking_for_ns >= kTenureNs || talker.silent_ns >= kTenurePauseNs;
}

bool interjects(const Standing& standing) noexcept {
  return standing.phase == Phase::Tentative && is_speaking(standing);
}

bool is_speaking(const Standing& standing) noexcept {
  // A talker's evidence fades in each pause; the phase remembers it.
  return standing.phase == Phase::Talking ||
         (standing.phase == Phase::Tentative && standing.evidence_ms >= kSpeakingMs);
}

}  // namespace veche::forwarding
