// SPDX-License-Identifier: Apache-2.0
// Which recordings a list shows. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recording/control/index.hpp"
#include "recording/control/query.hpp"
#include "recording/file/manifest.hpp"

namespace veche::recording {

struct Listing {
  std::string room;  ///< "": of all rooms.
  /// Of the room of that name that exists now; nothing: there is none.
  std::optional<std::string> incarnation;
  PageQuery page;
};

/// A page of summaries, the newest first, as JSON. Of a room it shows the recordings of one
/// incarnation: the room that exists now, or else the last one that was recorded. A room that is
/// made again under an old name thus begins with an empty list.
std::string list_recordings(const Listing& listing,
                            const std::vector<std::shared_ptr<const Manifest>>& in_progress,
                            const Index& ended);

}  // namespace veche::recording
