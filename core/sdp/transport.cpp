// SPDX-License-Identifier: Apache-2.0
// Reads what an offer says about the transport of its BUNDLE group: ICE, DTLS role, fingerprint.
#include "sdp/transport.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

constexpr size_t kMaxCandidates = 64;
constexpr size_t kMaxFingerprints = 16;

/// The attributes of one scope, the session level or a section; empty: absent.
struct Scope {
  std::string_view ufrag, password, setup;
  std::vector<Fingerprint> fingerprints;
};

Status read_credentials(const SdpAttributes& attributes, const std::string& where, Scope& scope) {
  const auto found = read_ice_credentials(attributes, where);
  if (!found) return found.error();
  if (found->ufrag.empty()) return Ok{};
  scope.ufrag = found->ufrag;
  scope.password = found->password;
  return Ok{};
}

/// RFC 8122 section 5: a line for each digest, and for each certificate. Those of unknown digests
/// are left out; a scope that has no other is refused.
Status read_fingerprints(const SdpAttributes& attributes, const std::string& where, Scope& scope) {
  std::vector<Fingerprint> found;
  bool named = false;
  for (const SdpAttribute& attribute : attributes) {
    if (attribute.name != "fingerprint") continue;
    named = true;
    const auto fingerprint = parse_fingerprint(attribute.value);
    if (!fingerprint && !has_known_digest(attribute.value)) continue;
    if (!fingerprint) return invalid(where + ": a=fingerprint has not the bytes of its digest");
    if (std::find(found.begin(), found.end(), *fingerprint) != found.end()) continue;
    if (found.size() == kMaxFingerprints) {
      return invalid(where + ": more than " + std::to_string(kMaxFingerprints) + " fingerprints");
    }
    found.push_back(*fingerprint);
  }
  if (named && found.empty()) {
    return invalid(where + ": a=fingerprint must be sha-256, sha-384 or sha-512 and its bytes");
  }
  if (named) scope.fingerprints = std::move(found);
  return Ok{};
}

Status read_setup(const SdpAttributes& attributes, const std::string& where, Scope& scope) {
  const auto setup = single_attribute(attributes, "setup", where);
  if (!setup) return setup.error();
  if (!*setup) return Ok{};
  if (**setup != "actpass" && **setup != "active" && **setup != "passive") {
    return invalid(where + ": a=setup must be actpass, active or passive");
  }
  scope.setup = **setup;
  return Ok{};
}

/// A section's own attributes, with the session level's as the default.
Result<Scope> read_scope(const SdpAttributes& attributes, const std::string& where,
                         const Scope& session) {
  Scope scope = session;
  for (auto read : {read_credentials, read_fingerprints, read_setup}) {
    if (Status status = read(attributes, where, scope); !status) return status.error();
  }
  return scope;
}

bool share_fingerprint(const std::vector<Fingerprint>& some,
                       const std::vector<Fingerprint>& others) {
  return std::find_first_of(some.begin(), some.end(), others.begin(), others.end()) != some.end();
}

/// Reads one offer: the tag first, then what the other used sections say against it.
class TransportReader {
 public:
  TransportReader(const SdpText& sdp, const SessionPlan& plan) : sdp_(sdp), plan_(plan) {}

  Result<TransportPlan> run(uint32_t suggested) {
    auto session = read_scope(sdp_.attributes, "session level", {});
    if (!session) return session.error();
    session_ = std::move(*session);
    auto tag = read_tag(suggested);
    if (!tag) return tag.error();
    for (const SectionPlan& section : plan_.sections) {
      if (!section.is_used()) continue;
      if (Status status = check(section.index, *tag); !status) return status.error();
    }
    return tag;
  }

 private:
  Result<Scope> scope_of(uint32_t index) const {
    return read_scope(sdp_.sections[index].attributes, section_name(sdp_, index), session_);
  }
  Result<TransportPlan> read_tag(uint32_t suggested) const;
  Status check(uint32_t index, const TransportPlan& tag) const;

  const SdpText& sdp_;
  const SessionPlan& plan_;
  Scope session_;
};

Result<TransportPlan> TransportReader::read_tag(uint32_t suggested) const {
  const auto tag = std::find_if(
      plan_.sections.begin(), plan_.sections.end(),
      [this](const SectionPlan& section) { return section.mid == plan_.bundle.front(); });
  auto scope = scope_of(tag->index);
  if (!scope) return scope.error();
  const auto fallback = scope_of(suggested);
  if (!fallback) return fallback.error();
  if (scope->ufrag.empty()) {
    scope->ufrag = fallback->ufrag;
    scope->password = fallback->password;
  }
  if (scope->setup.empty()) scope->setup = fallback->setup;
  if (scope->fingerprints.empty()) scope->fingerprints = fallback->fingerprints;
  const std::string where = section_name(sdp_, tag->index);
  if (scope->ufrag.empty()) {
    return invalid(where + ": no a=ice-ufrag and a=ice-pwd; both are needed");
  }
  if (scope->setup.empty()) return invalid(where + ": no a=setup; actpass is usual");
  if (scope->fingerprints.empty()) return invalid(where + ": no a=fingerprint; DTLS needs one");
  TransportPlan plan;
  plan.ufrag = scope->ufrag;
  plan.password = scope->password;
  plan.setup = scope->setup;
  plan.fingerprints = std::move(scope->fingerprints);
  read_candidates(sdp_.sections[tag->index].attributes, plan.candidates);
  if (plan.candidates.empty() && fallback->ufrag == plan.ufrag) {
    read_candidates(sdp_.sections[suggested].attributes, plan.candidates);
  }
  return plan;
}

Status TransportReader::check(uint32_t index, const TransportPlan& tag) const {
  const std::string where = section_name(sdp_, index);
  const auto scope = scope_of(index);
  if (!scope) return scope.error();
  if (!scope->setup.empty() && scope->setup != tag.setup) {
    return invalid(where + ": a=setup differs from the BUNDLE tag's; it must be the same");
  }
  if (!scope->fingerprints.empty() && !share_fingerprint(scope->fingerprints, tag.fingerprints)) {
    return invalid(where +
                   ": a=fingerprint differs from the BUNDLE tag's; they share a certificate");
  }
  return Ok{};
}

}  // namespace

Result<IceCredentialsText> read_ice_credentials(const SdpAttributes& attributes,
                                                const std::string& where) {
  const auto ufrag = single_attribute(attributes, "ice-ufrag", where);
  if (!ufrag) return ufrag.error();
  const auto password = single_attribute(attributes, "ice-pwd", where);
  if (!password) return password.error();
  if (ufrag->has_value() != password->has_value()) {
    return invalid(where + ": a=ice-ufrag and a=ice-pwd must come together");
  }
  if (!*ufrag) return IceCredentialsText{};
  if (!is_ice_string(**ufrag, 4, 256)) {
    return invalid(where + ": a=ice-ufrag must be 4 to 256 letters, digits, + or /");
  }
  if (!is_ice_string(**password, 22, 256)) {
    return invalid(where + ": a=ice-pwd must be 22 to 256 letters, digits, + or /");
  }
  return IceCredentialsText{**ufrag, **password};
}

void read_candidates(const SdpAttributes& attributes, std::vector<std::string>& candidates) {
  for (const SdpAttribute& attribute : attributes) {
    if (candidates.size() == kMaxCandidates) return;
    if (attribute.name != "candidate") continue;
    if (auto usable = usable_candidate(attribute.value)) candidates.push_back(std::move(*usable));
  }
}

Result<TransportPlan> read_transport(const SdpText& sdp, const SessionPlan& plan,
                                     uint32_t suggested) {
  // An ICE-Lite client waits for the server to nominate a path, which an answering server does not
  // do.
  if (has_attribute(sdp.attributes, "ice-lite")) {
    return invalid("session level: a=ice-lite; the client must be a full ICE agent");
  }
  return TransportReader(sdp, plan).run(suggested);
}

}  // namespace veche::sdp
