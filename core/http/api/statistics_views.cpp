// SPDX-License-Identifier: Apache-2.0
// The counters of sessions as JSON, of one participant and of a room.
#include <algorithm>

#include "glib/shown.hpp"
#include "http/api/session_use.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::shown;
using media::SessionStatistics;
using room::Participant;
using room::Room;

struct Counter {
  const char* name;
  const char* description;
  uint64_t SessionStatistics::*count;
};
constexpr Counter kCounters[] = {
    {"packets_received", "From clients.", &SessionStatistics::packets_received},
    {"bytes_received", "", &SessionStatistics::bytes_received},
    {"packets_sent", "To clients.", &SessionStatistics::packets_sent},
    {"bytes_sent", "", &SessionStatistics::bytes_sent},
    {"packets_unwanted", "Received while nothing wanted them.",
     &SessionStatistics::packets_unwanted},
    {"packets_dropped", "Received and refused.", &SessionStatistics::packets_dropped},
    {"packets_limited", "Dropped, because their track sent more than it may.",
     &SessionStatistics::packets_limited},
    {"send_failures", "Packets that could not be sent.", &SessionStatistics::send_failures},
};

Fields<SessionStatistics> make_counter_fields() {
  using S = SessionStatistics;
  Fields<S> fields;
  for (const auto& [name, description, count] : kCounters) {
    fields.push_back(shown<S>(name, description, count));
  }
  fields.push_back(shown<S>("lost_in", "Packets of clients that the network lost.", &S::lost_in));
  fields.push_back(shown<S>("lost_out", "Packets to clients that it lost.", &S::lost_out));
  fields.push_back(shown<S>("round_trip_ms", "0: not known.", &S::round_trip_ms));
  fields.push_back(shown<S>("jitter_in_ms", "Of what clients send.", &S::jitter_in_ms));
  fields.push_back(shown<S>("jitter_out_ms", "Of what they receive.", &S::jitter_out_ms));
  return fields;
}

const Fields<SessionStatistics>& counter_fields() {
  static const Fields<SessionStatistics> fields = make_counter_fields();
  return fields;
}

/// Adds up counters, and keeps the worst of the rest.
void add(SessionStatistics& sum, const SessionStatistics& one) {
  for (const auto& [name, description, count] : kCounters) sum.*count += one.*count;
  sum.lost_in += one.lost_in;
  sum.lost_out += one.lost_out;
  sum.round_trip_ms = std::max(sum.round_trip_ms, one.round_trip_ms);
  sum.jitter_in_ms = std::max(sum.jitter_in_ms, one.jitter_in_ms);
  sum.jitter_out_ms = std::max(sum.jitter_out_ms, one.jitter_out_ms);
}

struct SessionFigures {
  const Participant& participant;
  SessionStatistics statistics;
  std::vector<SlotUse> slots;
  std::vector<TrackUse> tracks;
};

template <class T>
T at(const std::vector<T>& values, size_t i) {
  return i < values.size() ? values[i] : T{};
}

SessionFigures figures_of(const Participant& participant) {
  SessionFigures figures{participant, participant.statistics(), {}, {}};
  const SessionStatistics& statistics = figures.statistics;
  const room::SessionControl& control = participant.session_control();
  for (const room::SlotView& slot : participant.slots()) {
    const size_t i = figures.slots.size();
    figures.slots.push_back({slot.mid, slot.participant, at(statistics.slot_bytes_sent, i),
                             at(statistics.slots, i), at(control.slots, i)});
  }
  for (const room::TrackView& track : participant.tracks()) {
    const size_t i = figures.tracks.size();
    figures.tracks.push_back({track.mid, at(statistics.tracks, i), at(control.tracks, i)});
  }
  return figures;
}

const Fields<SessionFigures>& session_fields() {
  using F = SessionFigures;
  static const Fields<F> fields{
      shown<F>(
          "state", "ended: it has no session.",
          [](const F& from) { return room::to_string(from.participant.session_state()); },
          kSessionStates),
      shown<F>("session", "Its name in paths; empty: there is none.",
               [](const F& from) { return from.participant.session_name(); }),
      shown<F>("path", "wire, pipeline, or empty without a session.",
               [](const F& from) { return from.statistics.path; }),
      glib::shown_object<F>("join_phases_ms", kJoinPhases, join_phase_fields(), &F::statistics),
      glib::shown_object<F>("link", "The path to the client, as its feedback tells it.",
                            link_fields(), [](const F& from) { return from.statistics.link; }),
      shown<F>("lane_load", "0 to 1: busy time of the thread that carries the session.",
               [](const F& from) { return from.statistics.lane_load; }),
      glib::shown_list<F>("slots", "", slot_use_fields(), &F::slots),
      glib::shown_list<F>("tracks", "", track_use_fields(), &F::tracks),
  };
  return fields;
}

struct RoomFigures {
  const Room& room;
  int64_t connected = 0, tracks = 0;
  SessionStatistics sum;
};

const Fields<RoomFigures>& room_figure_fields() {
  using F = RoomFigures;
  static const Fields<F> fields{
      shown<F>("participants", "How many are in the room.",
               [](const F& from) { return from.room.participants().size(); }),
      shown<F>("connected", "How many of them have a connected session.", &F::connected),
      shown<F>("tracks", "How many they publish.", &F::tracks),
      shown<F>("speaking", "Participants.",
               [](const F& from) { return from.room.speakers().speaking; }),
      shown<F>("dominant", "The one that speaks; empty: nobody.",
               [](const F& from) { return from.room.speakers().dominant; }),
  };
  return fields;
}

template <class T>
std::string text_of(const Fields<T>& fields, const T& figures, const SessionStatistics& counters) {
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, fields, figures);
  glib::write_fields(json, counter_fields(), counters);
  return json.end_object().text();
}

}  // namespace

const Fields<SessionStatistics>& join_phase_fields() {
  using S = SessionStatistics;
  static const Fields<S> fields{
      shown<S>("wait", "", &S::wait_ms),
      shown<S>("negotiation", "", &S::negotiation_ms),
      shown<S>("ice", "", &S::ice_ms),
      shown<S>("connect", "", &S::connect_ms),
      shown<S>("first_packet_in", "", &S::first_packet_in_ms),
      shown<S>("first_audio", "", &S::first_audio_ms),
  };
  return fields;
}

std::string participant_statistics_schema() {
  return glib::shown_schema(R"(, "title": "SessionStatistics")", session_fields(),
                            counter_fields());
}

std::string room_statistics_schema() {
  return glib::shown_schema(R"(, "title": "RoomStatistics")", room_figure_fields(),
                            counter_fields());
}

std::string statistics_json(const Participant& participant) {
  const SessionFigures figures = figures_of(participant);
  return text_of(session_fields(), figures, figures.statistics);
}

std::string statistics_json(const Room& room) {
  RoomFigures figures{room};
  for (const auto& [id, participant] : room.participants()) {
    if (participant->session_state() != room::SessionState::Connected) continue;
    ++figures.connected;
    figures.tracks += static_cast<int64_t>(participant->tracks().size());
    add(figures.sum, participant->statistics());
  }
  return text_of(room_figure_fields(), figures, figures.sum);
}

}  // namespace veche::http
