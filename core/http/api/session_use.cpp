// SPDX-License-Identifier: Apache-2.0
// One row for each member.
#include "http/api/session_use.hpp"

namespace veche::http {

using glib::Fields;
using glib::shown;

namespace {

const char* to_string(media::LinkStatistics::Source source) {
  switch (source) {
    case media::LinkStatistics::Source::Unknown: return "unknown";
    case media::LinkStatistics::Source::Reports: return "reports";
    case media::LinkStatistics::Source::Feedback: return "feedback";
  }
  return "unknown";
}

}  // namespace

const Fields<SlotUse>& slot_use_fields() {
  static const Fields<SlotUse> fields = [] {
    Fields<SlotUse> all{
        shown<SlotUse>("mid", "Its section of the SDP.", &SlotUse::mid),
        shown<SlotUse>("participant", "The one that is in the slot; empty: nobody.",
                       &SlotUse::participant),
        shown<SlotUse>("bytes_sent", "", &SlotUse::bytes_sent),
        shown<SlotUse>("redundant_bytes", "Of these: packets that others repeat.",
                       [](const SlotUse& from) { return from.statistics.redundant_bytes; }),
        shown<SlotUse>("retransmitted_packets", "",
                       [](const SlotUse& from) { return from.statistics.retransmitted_packets; }),
        shown<SlotUse>("lost", "Packets that did not reach the client, as it reports.",
                       [](const SlotUse& from) { return from.statistics.lost; }),
    };
    for (auto& row : slot_control_fields<SlotUse>(&SlotUse::control)) all.push_back(row);
    return all;
  }();
  return fields;
}

const Fields<TrackUse>& track_use_fields() {
  static const Fields<TrackUse> fields{
      shown<TrackUse>("mid", "Its section of the SDP.", &TrackUse::mid),
      shown<TrackUse>("packets_received", "",
                      [](const TrackUse& from) { return from.statistics.packets; }),
      shown<TrackUse>("payload_bytes_received", "",
                      [](const TrackUse& from) { return from.statistics.bytes; }),
      shown<TrackUse>("lost", "Packets that did not reach the server.",
                      [](const TrackUse& from) { return from.statistics.lost; }),
      shown<TrackUse>("reported_loss",
                      "0 to 1: what the client's encoder is told, if its own loss is smaller.",
                      [](const TrackUse& from) { return from.control.reported_loss; }),
      shown<TrackUse>("max_bitrate_bps", "What the client is asked to stay below; 0: nothing.",
                      [](const TrackUse& from) { return from.control.hint.max_bitrate_bps; }),
      shown<TrackUse>("packet_ms", "The length of packets that it is asked for; 0: any.",
                      [](const TrackUse& from) { return from.control.hint.packet_ms; }),
      shown<TrackUse>("reason", "The controller's; empty: nothing is asked.",
                      [](const TrackUse& from) { return from.control.hint.reason; }),
  };
  return fields;
}

const Fields<media::LinkStatistics>& link_fields() {
  using L = media::LinkStatistics;
  static const Fields<L> fields{
      shown<L>(
          "source", "reports: receiver reports; feedback: transport-wide feedback.",
          [](const L& from) { return to_string(from.source); },
          R"("enum": ["unknown", "reports", "feedback"])"),
      shown<L>("capacity_bps", "What it has proven to carry; 0: not known.", &L::capacity_bps),
      shown<L>("at_limit", "More was sent, and did not fit; otherwise it may carry more.",
               &L::is_limit),
      shown<L>("queue_ms", "Queueing delay above the lowest of 30 s.",
               [](const L& from) { return from.queue_us / 1000.0; }),
      shown<L>("loss", "0 to 1, of the newest seconds.", &L::loss),
      shown<L>("loss_floor", "The part of it that is no congestion.", &L::loss_floor),
      shown<L>("burst", "Mean number of packets lost in a row; 0: nothing was lost.",
               [](const L& from) { return from.burst / 16.0; }),
  };
  return fields;
}

}  // namespace veche::http
