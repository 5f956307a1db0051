// SPDX-License-Identifier: Apache-2.0
// Checks a client's offer against what this server supports: text in, session plan or problem out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sdp/codec.hpp"

namespace veche::sdp {

inline constexpr const char* kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr const char* kAudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
inline constexpr const char* kTransportCcUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

enum class MediaKind { Audio = 1, Video };
/// From the server's point of view: a client's sendonly is a track, its recvonly a slot.
enum class SectionUse { Refused = 1, Track, Slot, TrackAndSlot };

/// Offered ids (1 to 14) of the header extensions that this server uses; 0: not offered.
struct ExtensionIds {
  uint8_t mid = 0;
  uint8_t audio_level = 0;                 ///< RFC 6464
  uint8_t transport_cc = 0;                ///< 0 too when the feedback for it is not offered.
  std::string audio_level_uri_attributes;  ///< "vad=on" or "vad=off" as offered, or empty.
};

struct SectionPlan {
  uint32_t index = 0;  ///< Of the client's m-line; SessionPlan::offer has only the used sections.
  std::string mid;     ///< An RFC 8866 token of 1 to 16 characters.
  MediaKind kind = MediaKind::Audio;  ///< Meaningless for a refused section that is neither.
  SectionUse use = SectionUse::Refused;
  std::string refused_media;  ///< Of a refused section, for the answer's m-line.
  /// Of a refused section that is the BUNDLE tag all the same: its m-line and media in the answer,
  /// accepted but inactive. Empty: none.
  std::string kept_media;
  std::string protocol;          ///< Of a used section, as offered: the answer repeats it.
  Codec codec;                   ///< Of a used section.
  uint8_t red_payload_type = 0;  ///< Of redundant Opus (RFC 2198); 0: not offered.
  bool prefers_red = false;      ///< The client names it before Opus.
  ExtensionIds extensions;
  bool nack = false;            ///< RFC 4585 retransmission of its packets is offered.
  std::vector<uint32_t> ssrcs;  ///< What the client announced for its track; may be empty.

  bool is_used() const { return use != SectionUse::Refused; }
  bool is_track() const { return use == SectionUse::Track || use == SectionUse::TrackAndSlot; }
  bool is_slot() const { return use == SectionUse::Slot || use == SectionUse::TrackAndSlot; }
};

struct Fingerprint {
  std::string algorithm;  ///< "sha-256", "sha-384" or "sha-512"
  std::vector<uint8_t> value;

  bool operator==(const Fingerprint&) const = default;
};

struct SessionPlan {
  /// The offer for webrtcbin, written from this plan: the used sections only, in m-line order, all
  /// in one BUNDLE group whose tag is the first of them, with the transport attributes of the tag.
  std::string offer;
  std::vector<SectionPlan> sections;  ///< In the client's m-line order, refused ones too.
  /// The mids of the used sections in the order of the client's group. The first is the tag: the
  /// first section of the group that the server accepts (RFC 8843 section 7.3.1). A tag of audio or
  /// video that is not used is accepted too, as inactive: with the policy max-bundle Chromium has
  /// no other transport, and refuses an answer that takes it away.
  std::vector<std::string> bundle;
  /// False: the client has no group, and the one section that is used has its own transport.
  bool has_group = true;
  std::string ufrag;                      ///< The client's, of ICE.
  std::vector<Fingerprint> fingerprints;  ///< One of them must be the certificate's.
};

/// What of an offer is planned. A section that sends and receives is planned as one of the two.
enum class OfferUse { TracksAndSlots = 1, Tracks, Slots };

struct ProfileLimits {
  uint32_t max_sections = 64;
  uint32_t max_slots = 16;
  uint32_t max_tracks = 4;
  size_t max_bytes = 65536;
  OfferUse use = OfferUse::TracksAndSlots;
};

/// Checks an SDP offer (RFC 8866, RFC 9429). InvalidArgument says what is outside the profile: no
/// mid, duplicate mids, more than one BUNDLE group or used sections outside it, several used
/// sections without a group, no rtcp-mux, no fingerprint of a supported digest, broken ICE
/// credentials (RFC 8839), duplicate SSRCs, no Opus, no usable audio at all, too many of anything
/// but candidates. Sections that are video, data channel, inactive, of a use that is not allowed,
/// or already refused by the client are planned as refused. [any]
Result<SessionPlan> check_offer(std::string_view text, const ProfileLimits& limits);

}  // namespace veche::sdp
