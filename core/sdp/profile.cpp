// SPDX-License-Identifier: Apache-2.0
// Checks a client's offer against what this server supports: text in, session plan or problem out.
#include "sdp/profile.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "sdp/audio.hpp"
#include "sdp/text.hpp"
#include "sdp/transport.hpp"
#include "sdp/writer.hpp"

namespace veche::sdp {
namespace {

constexpr size_t kMaxMidLength = 16;  // A one-byte RTP header extension holds no more.

/// The direction attribute of a scope; empty: none.
Result<std::string_view> direction(const SdpAttributes& attributes, const std::string& where) {
  std::string_view found;
  for (const SdpAttribute& attribute : attributes) {
    const std::string_view name = attribute.name;
    if (name != "sendrecv" && name != "sendonly" && name != "recvonly" && name != "inactive") {
      continue;
    }
    if (!found.empty()) return invalid(where + ": more than one direction attribute");
    found = name;
  }
  return found;
}

/// The mids of the one BUNDLE group; nothing: there is none.
Result<std::optional<std::string_view>> bundle_group(const SdpAttributes& attributes) {
  std::optional<std::string_view> group;
  for (const SdpAttribute& attribute : attributes) {
    std::string_view mids = attribute.value;
    if (attribute.name != "group" || take_until(mids, ' ') != "BUNDLE") continue;
    if (group) return invalid("session level: more than one a=group:BUNDLE; one is allowed");
    group = mids;
  }
  return group;
}

SectionUse use_of(std::string_view direction) {
  if (direction == "inactive") return SectionUse::Refused;
  if (direction == "sendonly") return SectionUse::Track;
  return direction == "recvonly" ? SectionUse::Slot : SectionUse::TrackAndSlot;
}

/// What remains of it for a client that only sends, or only receives.
SectionUse narrowed(SectionUse use, OfferUse allowed) {
  if (allowed == OfferUse::TracksAndSlots || use == SectionUse::Refused) return use;
  const SectionUse only = allowed == OfferUse::Tracks ? SectionUse::Track : SectionUse::Slot;
  return use == only || use == SectionUse::TrackAndSlot ? only : SectionUse::Refused;
}

const char* what_is_needed(OfferUse allowed) {
  if (allowed == OfferUse::Tracks) return "sends";
  return allowed == OfferUse::Slots ? "receives" : "sends or receives";
}

bool contains(const std::vector<std::string_view>& mids, std::string_view mid) {
  return std::find(mids.begin(), mids.end(), mid) != mids.end();
}

/// One check of one offer: each step of run() relies on what the steps before it established.
class OfferCheck {
 public:
  OfferCheck(const SdpText& sdp, const ProfileLimits& limits) : sdp_(sdp), limits_(limits) {}

  Result<SessionPlan> run() {
    for (auto step : {&OfferCheck::plan_sections, &OfferCheck::check_uses,
                      &OfferCheck::check_bundle, &OfferCheck::read_media}) {
      if (Status status = (this->*step)(); !status) return status.error();
    }
    const auto transport = read_transport(sdp_, plan_, suggested_tag_);
    if (!transport) return transport.error();
    plan_.ufrag = transport->ufrag;
    plan_.fingerprints = transport->fingerprints;
    plan_.offer = write_offer(plan_.sections, *transport);
    return std::move(plan_);
  }

 private:
  Status plan_sections();
  Status check_uses();
  Status check_bundle();
  Status check_without_bundle();
  Status read_media();

  Result<std::string> read_mid(uint32_t index);
  Result<SectionUse> read_use(uint32_t index);

  std::string where(uint32_t index) const { return section_name(sdp_, index); }

  const SdpText& sdp_;
  const ProfileLimits& limits_;
  SessionPlan plan_;
  uint32_t suggested_tag_ = 0;  // The section that the client's group names first.
};

std::string refused_media(const SdpSection& section) {
  std::string text = std::string(section.media) + " 0 " + std::string(section.protocol);
  for (std::string_view format : section.formats) text.append(" ").append(format);
  return text;
}

/// With its first format, which is enough where nothing is sent. Empty: it cannot be kept.
std::string kept_media(const SdpSection& section) {
  constexpr uint32_t kFirstDynamicType = 35;
  const bool is_media = section.media == "audio" || section.media == "video";
  if (!is_media || section.port == 0 || !is_media_protocol(section.protocol) ||
      !has_attribute(section.attributes, "rtcp-mux")) {
    return {};
  }
  const std::string_view format = section.formats.front();
  std::string text;
  add_line(text, {"m=", section.media, " 9 ", section.protocol, " ", format});
  add_line(text, {"c=IN IP4 0.0.0.0"});
  add_line(text, {"a=rtcp-mux"});
  bool is_mapped = parse_number(format, 0, kFirstDynamicType - 1).has_value();
  for (const SdpAttribute& attribute : section.attributes) {
    std::string_view value = attribute.value;
    if (attribute.name != "rtpmap" && attribute.name != "fmtp") continue;
    if (take_until(value, ' ') != format) continue;
    is_mapped |= attribute.name == "rtpmap";
    add_line(text, {"a=", attribute.name, ":", attribute.value});
  }
  return is_mapped ? text : std::string();
}

Status OfferCheck::plan_sections() {
  if (sdp_.sections.empty()) return invalid("no m-lines; at least one audio m-line is needed");
  std::set<std::string> mids;
  for (uint32_t i = 0; i < sdp_.sections.size(); ++i) {
    const SdpSection& section = sdp_.sections[i];
    auto mid = read_mid(i);
    if (!mid) return mid.error();
    if (!mids.insert(*mid).second) {
      return invalid(where(i) + ": mid " + *mid + " belongs to another m-line; each needs its own");
    }
    auto use = read_use(i);
    if (!use) return use.error();
    SectionPlan plan;
    plan.index = i;
    plan.mid = *mid;
    plan.kind = section.media == "video" ? MediaKind::Video : MediaKind::Audio;
    plan.use = *use;
    if (plan.is_used()) {
      plan.protocol = section.protocol;
    } else {
      plan.refused_media = refused_media(section);
    }
    plan_.sections.push_back(std::move(plan));
  }
  return Ok{};
}

Result<std::string> OfferCheck::read_mid(uint32_t index) {
  auto mid = single_attribute(sdp_.sections[index].attributes, "mid", where(index));
  if (!mid) return mid.error();
  if (!*mid) return invalid(where(index) + ": no a=mid; every m-line needs one");
  const std::string_view value = **mid;
  if (!is_token(value) || value.size() > kMaxMidLength) {
    return invalid(where(index) + ": a=mid must be a token of 1 to 16 characters");
  }
  return std::string(value);
}

Result<SectionUse> OfferCheck::read_use(uint32_t index) {
  const SdpSection& section = sdp_.sections[index];
  if (section.media != "audio") return SectionUse::Refused;
  // RFC 8843: port 0 is a refusal by the client, unless the section is bundle-only.
  const bool bundle_only = has_attribute(section.attributes, "bundle-only");
  if (section.port == 0 && !bundle_only) return SectionUse::Refused;
  auto found = direction(section.attributes, where(index));
  if (found && found->empty()) found = direction(sdp_.attributes, "session level");
  if (!found) return found.error();
  return narrowed(use_of(*found), limits_.use);
}

Status OfferCheck::check_uses() {
  uint32_t tracks = 0, slots = 0;
  for (const SectionPlan& section : plan_.sections) {
    tracks += section.is_track();
    slots += section.is_slot();
  }
  if (tracks + slots == 0) {
    return invalid(std::string("no audio m-line that ") + what_is_needed(limits_.use));
  }
  if (tracks > limits_.max_tracks) {
    return invalid(std::to_string(tracks) + " audio m-lines send; at most " +
                   std::to_string(limits_.max_tracks) + " may");
  }
  if (slots > limits_.max_slots) {
    return invalid(std::to_string(slots) + " audio m-lines receive; at most " +
                   std::to_string(limits_.max_slots) + " may");
  }
  return Ok{};
}

/// Without a group each m-line has a transport of its own, and there is one here. Clients that have
/// a single m-line leave the group out (Debian's WHIP client does).
Status OfferCheck::check_without_bundle() {
  plan_.has_group = false;
  for (const SectionPlan& section : plan_.sections) {
    if (!section.is_used()) continue;
    if (!plan_.bundle.empty()) {
      return invalid("session level: no a=group:BUNDLE with the mids of all used m-lines");
    }
    plan_.bundle.push_back(section.mid);
    suggested_tag_ = section.index;
  }
  return Ok{};
}

Status OfferCheck::check_bundle() {
  const auto group = bundle_group(sdp_.attributes);
  if (!group) return group.error();
  if (!*group) return check_without_bundle();
  std::string_view mids = **group;
  std::vector<std::string_view> members;
  while (!mids.empty()) {
    const std::string_view mid = take_until(mids, ' ');
    const auto named = std::find_if(plan_.sections.begin(), plan_.sections.end(),
                                    [mid](const SectionPlan& plan) { return plan.mid == mid; });
    if (named == plan_.sections.end()) {
      return invalid("session level: a=group:BUNDLE names a mid that no m-line has");
    }
    if (contains(members, mid)) {
      return invalid("session level: a=group:BUNDLE names a mid twice; once is allowed");
    }
    if (members.empty()) {
      suggested_tag_ = named->index;
      if (!named->is_used()) named->kept_media = kept_media(sdp_.sections[named->index]);
    }
    members.push_back(mid);
    if (named->is_used() || !named->kept_media.empty()) plan_.bundle.push_back(named->mid);
  }
  for (const SectionPlan& section : plan_.sections) {
    if (section.is_used() && !contains(members, section.mid)) {
      return invalid(where(section.index) + ": not in a=group:BUNDLE; every used m-line must be");
    }
  }
  return Ok{};
}

Status OfferCheck::read_media() {
  AudioReader reader;
  for (SectionPlan& section : plan_.sections) {
    if (!section.is_used()) continue;
    const SdpSection& text = sdp_.sections[section.index];
    if (Status status = reader.read(text, where(section.index), section); !status)
      return status.error();
  }
  return Ok{};
}

}  // namespace

Result<SessionPlan> check_offer(std::string_view text, const ProfileLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return invalid("the offer has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(limits.max_bytes) + " are allowed");
  }
  auto sdp = parse_sdp(text, limits.max_sections);
  if (!sdp) return sdp.error();
  return OfferCheck(*sdp, limits).run();
}

}  // namespace veche::sdp
