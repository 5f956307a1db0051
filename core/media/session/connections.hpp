// SPDX-License-Identifier: Apache-2.0
// The one place that knows which paths there are: chooses a session's, and makes its network side.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/lane/attachment.hpp"
#include "media/lane/ingress.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/settings.hpp"
#include "media/wire/standby.hpp"

namespace veche::media {

class DtlsRelay;
class WirePort;

/// [control] all of it.
class Connections {
 public:
  /// `ports`: of the wire path, by lane; empty: this server cannot use it. All outlive it.
  Connections(const Settings& settings, DtlsRelay& relay, const std::vector<WirePort*>& ports)
      : settings_(settings), relay_(relay), ports_(ports), standby_(settings.standby_peers) {}

  /// The wanted path, or else the server's; pipeline where wire cannot be used.
  PathKind choose(std::optional<PathKind> wanted) const;
  /// At the start: takes the first session's costs, and prepares for others, if the settings say
  /// so.
  void warm_up();
  /// `lane`: the one that carries the session; null on the pipeline path, which may choose later.
  /// `ingress` is shared with the session, which reads its counters.
  std::unique_ptr<PeerConnection> make(PathKind path, SessionId session, Lane* lane,
                                       glib::WebrtcEvents events, std::shared_ptr<Ingress> ingress);

 private:
  const Settings& settings_;
  DtlsRelay& relay_;
  const std::vector<WirePort*>& ports_;
  Standby standby_;
};

}  // namespace veche::media
