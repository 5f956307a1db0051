// SPDX-License-Identifier: Apache-2.0
// Reads what an offer says about the transport of its BUNDLE group: ICE, DTLS role, fingerprint.
#include "sdp/transport.hpp"

#include <optional>
#include <string_view>

#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

constexpr size_t kMaxCandidates = 64;

/// The attributes of one scope, the session level or a section; empty: absent.
struct Scope {
  std::string_view ufrag, password, setup;
  std::optional<Fingerprint> fingerprint;
};

Status read_credentials(const SdpAttributes& attributes, const std::string& where, Scope& scope) {
  const auto ufrag = single_attribute(attributes, "ice-ufrag", where);
  if (!ufrag) return ufrag.error();
  const auto password = single_attribute(attributes, "ice-pwd", where);
  if (!password) return password.error();
  if (ufrag->has_value() != password->has_value()) {
    return invalid(where + ": a=ice-ufrag and a=ice-pwd must come together");
  }
  if (!*ufrag) return Ok{};
  if (!is_ice_string(**ufrag, 4, 256)) {
    return invalid(where + ": a=ice-ufrag must be 4 to 256 letters, digits, + or /");
  }
  if (!is_ice_string(**password, 22, 256)) {
    return invalid(where + ": a=ice-pwd must be 22 to 256 letters, digits, + or /");
  }
  scope.ufrag = **ufrag;
  scope.password = **password;
  return Ok{};
}

Status read_dtls(const SdpAttributes& attributes, const std::string& where, Scope& scope) {
  const auto setup = single_attribute(attributes, "setup", where);
  if (!setup) return setup.error();
  if (*setup && **setup != "actpass" && **setup != "active" && **setup != "passive") {
    return invalid(where + ": a=setup must be actpass, active or passive");
  }
  const auto fingerprint = single_attribute(attributes, "fingerprint", where);
  if (!fingerprint) return fingerprint.error();
  scope.setup = setup->value_or("");
  if (!*fingerprint) return Ok{};
  scope.fingerprint = parse_fingerprint(**fingerprint);
  if (!scope.fingerprint) {
    return invalid(where + ": a=fingerprint must be sha-256, sha-384 or sha-512 and its bytes");
  }
  return Ok{};
}

/// A section's own attributes, with the session level's as the default.
Result<Scope> read_scope(const SdpAttributes& attributes, const std::string& where,
                         const Scope& session) {
  Scope scope = session;
  if (Status status = read_credentials(attributes, where, scope); !status) return status.error();
  if (Status status = read_dtls(attributes, where, scope); !status) return status.error();
  if (scope.setup.empty()) scope.setup = session.setup;
  if (session.fingerprint && scope.fingerprint != session.fingerprint) {
    return invalid(where + ": a=fingerprint differs from the session level; only one is allowed");
  }
  return scope;
}

Result<TransportPlan> read_tag(const Scope& scope, const SdpSection& section,
                               const std::string& where) {
  if (scope.ufrag.empty())
    return invalid(where + ": no a=ice-ufrag and a=ice-pwd; both are needed");
  if (scope.setup.empty()) return invalid(where + ": no a=setup; actpass is usual");
  if (!scope.fingerprint) return invalid(where + ": no a=fingerprint; DTLS needs one");
  TransportPlan plan;
  plan.ufrag = scope.ufrag;
  plan.password = scope.password;
  plan.setup = scope.setup;
  plan.fingerprint = *scope.fingerprint;
  size_t candidates = 0;
  for (const SdpAttribute& attribute : section.attributes) {
    if (attribute.name != "candidate") continue;
    if (++candidates > kMaxCandidates) {
      return invalid(where + ": more than " + std::to_string(kMaxCandidates) + " candidates");
    }
    // Unusable ones are left out: the client's own checks reach the server without them.
    if (auto usable = usable_candidate(attribute.value)) plan.candidates.push_back(*usable);
  }
  return plan;
}

}  // namespace

Result<TransportPlan> read_transport(const SdpText& sdp, const std::vector<SectionPlan>& sections) {
  // An ICE-Lite client waits for the server to nominate a path, which an answering server does not
  // do.
  if (has_attribute(sdp.attributes, "ice-lite")) {
    return invalid("session level: a=ice-lite; the client must be a full ICE agent");
  }
  const auto session = read_scope(sdp.attributes, "session level", {});
  if (!session) return session.error();
  std::optional<TransportPlan> plan;
  for (const SectionPlan& section : sections) {
    if (!section.is_used()) continue;
    const std::string where = section_name(sdp, section.index);
    const auto scope = read_scope(sdp.sections[section.index].attributes, where, *session);
    if (!scope) return scope.error();
    if (!plan) {
      auto tag = read_tag(*scope, sdp.sections[section.index], where);
      if (!tag) return tag.error();
      plan = std::move(*tag);
    }
    if (!scope->setup.empty() && scope->setup != plan->setup) {
      return invalid(where + ": a=setup differs from the first audio m-line; it must be the same");
    }
    if (scope->fingerprint && *scope->fingerprint != plan->fingerprint) {
      return invalid(where + ": a=fingerprint differs from another m-line; only one is allowed");
    }
  }
  return *plan;
}

}  // namespace veche::sdp
