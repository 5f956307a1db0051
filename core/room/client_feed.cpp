// SPDX-License-Identifier: Apache-2.0
// A feed enters its room's audience when it is made, and leaves it when it is destroyed.
#include "room/client_feed.hpp"

#include <utility>

#include "room/audience.hpp"

namespace veche::room {

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
