// SPDX-License-Identifier: Apache-2.0
// The media layer's interface to rooms, so that the room layer is tested without a network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/metric.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/room.hpp"
#include "media/selector.hpp"
#include "media/session_cost.hpp"
#include "media/settings.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

/// The counters of one lane since the start.
struct LaneStatistics {
  uint16_t port = 0;              ///< Of the wire path; 0: none.
  uint64_t packets_in = 0;        ///< Received, and wanted by a slot on this lane.
  uint64_t packets_out = 0;       ///< Sent, one for each listener.
  uint64_t inbox_full = 0;        ///< Dropped: the lane was too far behind.
  uint64_t stale = 0;             ///< Dropped: waited for more than half a second.
  uint64_t policy_dropped = 0;    ///< Dropped by the packet policy.
  uint64_t rewriter_dropped = 0;  ///< Duplicates, and packets older than a switch.
  uint64_t path_refused = 0;      ///< The session had no memory for the packet.
  uint64_t silent = 0;            ///< Datagrams that the kernel sorted out as silence.
  uint64_t unknown_source = 0;    ///< Datagrams from addresses that have not proved themselves.
  uint64_t stun_refused = 0;      ///< Binding requests that failed authentication.
  uint64_t kernel_dropped = 0;    ///< Datagrams that the kernel dropped: its buffer was full.
  uint64_t bad_selections = 0;    ///< Slots that a selector filled with a forbidden track.
  uint64_t busy_ns = 0;           ///< Time in which the lane had work to do.
};

/// Sessions that are being made, and may not yet have taken all the resources that they need.
struct SessionsInMaking {
  uint32_t wire = 0, pipeline = 0;
};

/// UDP ports of `media.ports`, on each address.
struct PortUse {
  int64_t limit = 0, used = 0;
};

/// [control] all of it.
class Engine {
 public:
  virtual ~Engine() = default;
  /// A room on the least loaded lane. Destroying the handle closes it.
  virtual std::unique_ptr<Room> open_room(RoomId id) = 0;
  /// Makes all rooms ask this selector, with the plugin's own configuration; null: first come,
  /// first served, or nobody, as Settings say. Calls continue. `done` is called later on control,
  /// when no lane uses the former selector any more.
  virtual void use_selector(Selector* selector, std::function<void()> done) = 0;
  /// The same for the packet policy; null: everything is forwarded.
  virtual void use_packet_policy(PacketPolicy* policy, std::function<void()> done) = 0;
  /// `done` is called later on control, when every call of a selector or a policy that is under way
  /// now has returned.
  virtual void after_lanes(std::function<void()> done) = 0;
  /// The plugin that selects; its room settings are stored under this name. Empty: first come,
  /// first served.
  virtual std::string selector_name() const = 0;
  /// Checks selector settings without a room. InvalidArgument names the problem.
  virtual Status check_selector_settings(const std::string& json) = 0;
  virtual std::vector<LaneStatistics> lanes() const = 0;
  virtual SessionsInMaking sessions_in_making() const = 0;
  virtual PortUse ports() const = 0;
  virtual SessionCost session_cost(PathKind path) const = 0;
  /// All metrics of the media layer.
  virtual void put_metrics(MetricSink& sink) const = 0;
  /// The path of rooms that do not choose one.
  virtual PathKind default_path() const = 0;
  virtual bool has_path(PathKind path) const = 0;
  /// Where taps register. It lives as long as the engine, whose destructor ends all taps.
  virtual TrackTaps& track_taps() = 0;
  /// True when no session and no tap is being made or released.
  virtual bool idle() const = 0;
};

/// The real engine: lanes and webrtcbin sessions. The loop and all rooms' events outlive the
/// engine, whose destructor ends the lanes. Fails if the default path is the wire path and there is
/// no port for each lane.
Result<std::unique_ptr<Engine>> make_engine(glib::ControlLoop& loop, const Settings& settings);

}  // namespace veche::media
