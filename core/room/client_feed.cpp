// SPDX-License-Identifier: Apache-2.0
// A feed joins its room's audience in the constructor, and leaves it in the destructor.
#include "room/client_feed.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "room/audience.hpp"

namespace veche::room {

bool is_snapshot_key(std::string_view name) {
  constexpr std::array<std::string_view, 7> kKeys = {"self",     "roster", "slots",  "speaking",
                                                     "dominant", "pinned", "blocked"};
  return std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end();
}

ClientFeed::ClientFeed(Audience& audience, std::string participant, Speakers told, ClientSink& sink)
    : audience_(&audience),
      participant_(std::move(participant)),
      notices_(std::move(told)),
      sink_(sink) {
  audience_->feeds_.push_back(this);
}

ClientFeed::~ClientFeed() {
  if (audience_) std::erase(audience_->feeds_, this);
}

}  // namespace veche::room
