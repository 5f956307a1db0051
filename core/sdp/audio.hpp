// SPDX-License-Identifier: Apache-2.0
// Reads what a used audio section says about its media: codec, header extensions, SSRCs.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sdp/profile.hpp"
#include "sdp/text.hpp"

namespace veche::sdp {

/// Is it DTLS-SRTP, in whatever words (RFC 9429 section 5.1.2)?
bool is_media_protocol(std::string_view protocol);

/// One for all used sections of an offer: it checks across calls what must be unique in the BUNDLE
/// group.
class AudioReader {
 public:
  /// Fills in the plan of a used section. InvalidArgument begins with `where`.
  Status read(const SdpSection& section, const std::string& where, SectionPlan& plan);

 private:
  Status read_extensions(const SdpSection& section, const std::string& where, ExtensionIds& ids);
  Status read_ssrcs(const SdpSection& section, const std::string& where, SectionPlan& plan);

  std::map<uint32_t, std::string_view> extension_uris_;  ///< By id.
  std::set<uint32_t> ssrcs_;
};

}  // namespace veche::sdp
