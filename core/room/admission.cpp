// SPDX-License-Identifier: Apache-2.0
// Keeps a reading until time moves on, and adds what happens in between.
#include "room/admission.hpp"

#include <utility>

namespace veche::room {

void Admission::tick(int64_t now_ns) {
  std::vector<uint64_t> busy_ns;
  for (const media::LaneStatistics& lane : engine_.lanes()) busy_ns.push_back(lane.busy_ns);
  lanes_.note(busy_ns, now_ns);
}

void Admission::promise(media::PathKind path) {
  ++(path == media::PathKind::Wire ? since_.wire : since_.pipeline);
}

media::SessionsInMaking Admission::promised() const {
  return {at_reading_.wire + since_.wire, at_reading_.pipeline + since_.pipeline};
}

int64_t Admission::promised_of(media::SessionShare media::SessionCost::*share) const {
  const auto [wire, pipeline] = promised();
  return wire * (engine_.session_cost(media::PathKind::Wire).*share).joining +
         pipeline * (engine_.session_cost(media::PathKind::Pipeline).*share).joining;
}

void Admission::read(int64_t now_ns) {
  if (read_at_ns_ == now_ns) return;
  read_at_ns_ = now_ns;
  at_reading_ = engine_.sessions_in_making();
  since_ = {};
  system_ = read_system_ ? read_system_() : SystemReading{};
  if (system_.descriptors && spare_descriptors_) system_.descriptors->used -= spare_descriptors_();
}

int64_t Admission::promised_descriptors(int64_t now_ns) {
  read(now_ns);
  return promised_of(&media::SessionCost::descriptors);
}

CapacityReport Admission::report(media::PathKind path, Carried carried, int64_t now_ns) {
  read(now_ns);
  const media::PortUse ports = engine_.ports();
  carried.media_ports = {ports.limit, ports.used};
  carried.lanes = static_cast<int64_t>(engine_.lanes().size());
  carried.lane_percent = lanes_.percent();
  carried.lanes_are_full = lanes_.is_full();
  carried.promised_descriptors = promised_of(&media::SessionCost::descriptors);
  carried.promised_tasks = promised_of(&media::SessionCost::tasks);
  carried.promised_memory_bytes = promised_of(&media::SessionCost::memory_bytes);
  return weigh(system_, carried, engine_.session_cost(path));
}

}  // namespace veche::room
