// SPDX-License-Identifier: Apache-2.0
// Reads the attributes of ICE from wherever they are in a fragment.
#include "sdp/ice_fragment.hpp"

#include <utility>

#include "sdp/profile.hpp"
#include "sdp/text.hpp"
#include "sdp/transport.hpp"
#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

Status take_credentials(const SdpAttributes& attributes, const std::string& where,
                        IceParameters& ice) {
  const auto found = read_ice_credentials(attributes, where);
  if (!found) return found.error();
  if (found->ufrag.empty()) return Ok{};
  if (!ice.ufrag.empty() && (ice.ufrag != found->ufrag || ice.password != found->password)) {
    return invalid(where +
                   ": a=ice-ufrag or a=ice-pwd differs from those before; in a BUNDLE "
                   "group they are the same");
  }
  ice.ufrag = found->ufrag;
  ice.password = found->password;
  return Ok{};
}

}  // namespace

Result<IceParameters> parse_ice_fragment(std::string_view text) {
  const ProfileLimits limits;
  if (text.size() > limits.max_bytes) {
    return invalid("the fragment has more than " + std::to_string(limits.max_bytes) + " bytes");
  }
  const auto sdp = parse_sdp_fragment(text, limits.max_sections);
  if (!sdp) return sdp.error();
  IceParameters ice;
  if (Status status = take_credentials(sdp->attributes, "session level", ice); !status) {
    return status.error();
  }
  for (uint32_t i = 0; i < sdp->sections.size(); ++i) {
    const SdpAttributes& attributes = sdp->sections[i].attributes;
    if (Status status = take_credentials(attributes, section_name(*sdp, i), ice); !status) {
      return status.error();
    }
    read_candidates(attributes, ice.candidates);
  }
  return ice;
}

std::string write_ice_fragment(const IceParameters& ice, const std::vector<std::string>& bundle) {
  std::string group, text;
  for (const std::string& mid : bundle) group.append(" ").append(mid);
  add_line(text, {"a=ice-lite"});
  add_line(text, {"a=group:BUNDLE", group});
  add_line(text, {"m=audio 9 UDP/TLS/RTP/SAVPF 0"});
  add_line(text, {"a=mid:", bundle.empty() ? "" : bundle.front()});
  add_line(text, {"a=ice-ufrag:", ice.ufrag});
  add_line(text, {"a=ice-pwd:", ice.password});
  for (const std::string& candidate : ice.candidates) add_line(text, {"a=", candidate});
  add_line(text, {"a=end-of-candidates"});
  return text;
}

}  // namespace veche::sdp
