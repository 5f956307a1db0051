// SPDX-License-Identifier: Apache-2.0
// A feed joins its room's audience in the constructor, and leaves it in the destructor.
#include "room/client_feed.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "room/audience.hpp"

namespace veche::room {

bool is_snapshot_key(std::string_view name) {
  constexpr std::array<std::string_view, 8> kKeys = {
      "self", "roster", "participants", "slots", "speaking", "dominant", "pinned", "blocked"};
  return std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end();
}

ClientFeed::ClientFeed(Audience& audience, MessageStream stream, ClientSink& sink)
    : audience_(&audience), stream_(std::move(stream)), sink_(sink) {
  audience_->feeds_.push_back(this);
}

ClientFeed::~ClientFeed() {
  if (audience_) audience_->detach(*this);
}

}  // namespace veche::room
