// SPDX-License-Identifier: Apache-2.0
// What a codec is in SDP: name, rates and parameters; and the one codec of audio, Opus.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace veche::sdp {

struct Codec {
  std::string name;         ///< In lower case: "opus".
  uint32_t clock_rate = 0;  ///< Of RTP timestamps, in Hz.
  uint32_t channels = 0;    ///< 0: not audio.
  uint8_t payload_type = 0;
  std::string fmtp;  ///< The offered parameters (RFC 8866 section 6.15) that the codec knows.
};

/// RFC 7587 fixes clock rate and channels, whatever the sender encodes.
Codec opus(uint8_t payload_type = 0, std::string fmtp = {});

/// As an a=rtpmap line has it behind the payload type: "opus/48000/2".
std::string encoding(const Codec& codec);

/// The payload type of an a=rtpmap line if that is Opus with a dynamic payload type that cannot be
/// confused with RTCP (RFC 5761).
std::optional<uint8_t> parse_opus_rtpmap(std::string_view value);

/// The same for redundant Opus (RFC 2198).
std::optional<uint8_t> parse_red_rtpmap(std::string_view value);

/// Does an a=fmtp line of RED say that all of its blocks are of this payload type?
bool is_red_of(std::string_view parameters, uint8_t payload_type);

/// The parameters of an a=fmtp line that RFC 7587 knows (and minptime, which browsers write),
/// others left out.
std::string opus_parameters(std::string_view parameters);

}  // namespace veche::sdp
