// SPDX-License-Identifier: Apache-2.0
// The list. Tests in tests/unit/http compare it with what the API shows.
#include "room/reserved_names.hpp"

#include <algorithm>
#include <array>

#include "room/client_feed.hpp"

namespace veche::room {

bool is_reserved_name(std::string_view name) {
  constexpr std::array<std::string_view, 19> kNames = {
      // Of a room.
      "id", "created_at", "max_participants", "empty_timeout_s", "media_path", "metadata",
      "participants", "notices", "incarnation", "audio_packets_per_s", "audio_bitrate_bps",
      // Of events.
      "room", "participant", "track", "speaker", "quality", "server", "events", "plugin"};
  return is_snapshot_key(name) || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace veche::room
