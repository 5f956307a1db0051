// SPDX-License-Identifier: Apache-2.0
// The operator's configuration of the media layer. See docs/configuration.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veche::media {

/// How packets travel between the network and a lane: docs/architecture.md.
enum class PathKind { Pipeline = 1, Wire };

const char* to_string(PathKind path);
/// Nothing for any other text.
std::optional<PathKind> parse_path(std::string_view text);

/// What one audio track may send.
struct TrackRates {
  uint32_t packets_per_s = 100;
  uint32_t bitrate_bps = 400'000;  ///< Of whole RTP packets.

  friend bool operator==(const TrackRates&, const TrackRates&) = default;
};

struct Settings {
  std::vector<std::string> addresses{"127.0.0.1"};
  uint16_t first_port = 40000, last_port = 40999;
  uint32_t peer_timeout_s = 15;
  uint32_t lanes = 0;
  PathKind path = PathKind::Wire;  ///< Of rooms that do not choose one.
  uint32_t standby_peers = 0;      ///< That wait for an offer; 0: no warm-up either.
  std::map<std::string, std::string> external_addresses;  ///< By the local one. NAT 1:1.
  bool is_silent_without_selector = false;  ///< Then nobody is heard, instead of everybody.
  uint8_t dscp = 46;                        ///< Of voice (RFC 8837): EF. 0: not marked.
};

/// The lanes of a server whose configuration leaves the choice: one for each processor. [any]
uint32_t default_lanes();

}  // namespace veche::media
