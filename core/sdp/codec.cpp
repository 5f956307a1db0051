// SPDX-License-Identifier: Apache-2.0
// The only file that knows Opus by its numbers.
#include "sdp/codec.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sdp/text.hpp"

namespace veche::sdp {
namespace {

constexpr std::string_view kRed = "red/48000/2";
constexpr std::array<std::string_view, 11> kOpusParameters = {"maxplaybackrate",
                                                              "sprop-maxcapturerate",
                                                              "maxaveragebitrate",
                                                              "stereo",
                                                              "sprop-stereo",
                                                              "cbr",
                                                              "useinbandfec",
                                                              "usedtx",
                                                              "minptime",
                                                              "maxptime",
                                                              "ptime"};

std::optional<uint8_t> parse_rtpmap(std::string_view value, std::string_view wanted) {
  const auto type = parse_number(take_until(value, ' '), 35, 127);
  if (!type || (*type > 63 && *type < 96)) return std::nullopt;
  if (value.size() != wanted.size() ||
      strncasecmp(value.data(), wanted.data(), wanted.size()) != 0) {
    return std::nullopt;
  }
  return static_cast<uint8_t>(*type);
}

}  // namespace

Codec opus(uint8_t payload_type, std::string fmtp) {
  return {"opus", 48000, 2, payload_type, std::move(fmtp)};
}

std::string encoding(const Codec& codec) {
  std::string text = codec.name + '/' + std::to_string(codec.clock_rate);
  if (codec.channels != 0) text.append("/").append(std::to_string(codec.channels));
  return text;
}

std::optional<uint8_t> parse_opus_rtpmap(std::string_view value) {
  return parse_rtpmap(value, encoding(opus()));
}

std::optional<uint8_t> parse_red_rtpmap(std::string_view value) {
  return parse_rtpmap(value, kRed);
}

bool is_red_of(std::string_view parameters, uint8_t payload_type) {
  if (parameters.empty()) return false;
  while (!parameters.empty()) {
    if (parse_number(take_until(parameters, '/'), 0, 127) != payload_type) return false;
  }
  return true;
}

std::string opus_parameters(std::string_view parameters) {
  std::string known;
  std::array<bool, kOpusParameters.size()> seen{};
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, ';');
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    const std::string_view name = take_until(value, '=');
    const auto* found = std::find(kOpusParameters.begin(), kOpusParameters.end(), name);
    const auto number = parse_number(value, 0, INT32_MAX);
    if (found == kOpusParameters.end() || !number) continue;
    bool& again = seen[static_cast<size_t>(found - kOpusParameters.begin())];
    if (std::exchange(again, true)) continue;
    if (!known.empty()) known += ';';
    known += std::string(name) + '=' + std::to_string(*number);
  }
  return known;
}

}  // namespace veche::sdp
