// SPDX-License-Identifier: Apache-2.0
// A Pipeline or a WireConnection.
#include "media/session/connections.hpp"

#include <utility>

#include "base/log.hpp"
#include "media/pipeline/pipeline.hpp"
#include "media/wire/wire_connection.hpp"

namespace veche::media {

PathKind Connections::choose(std::optional<PathKind> wanted) const {
  return ports_.empty() ? PathKind::Pipeline : wanted.value_or(settings_.path);
}

void Connections::warm_up() {
  if (settings_.standby_peers == 0) return;
  const Status warm = media::warm_up(standby_);
  if (!warm) log::warning("media", "the first session will take longer: " + warm.error().message);
  if (choose({}) == PathKind::Wire) standby_.fill();
}

std::unique_ptr<PeerConnection> Connections::make(PathKind path, SessionId session, Lane* lane,
                                                  glib::WebrtcEvents events,
                                                  std::shared_ptr<Ingress> ingress) {
  if (path == PathKind::Pipeline) {
    return std::make_unique<Pipeline>(settings_, std::move(events), std::move(ingress));
  }
  return std::make_unique<WireConnection>(session, *lane, *ports_[lane->index()], relay_, standby_,
                                          std::move(events), std::move(ingress));
}

}  // namespace veche::media
