// SPDX-License-Identifier: Apache-2.0
// A room's policy, and how participants join and leave. What media reports is in
// room_selection.cpp, what clients are told in room_clients.cpp.
#include "room/room.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/checks.hpp"
#include "room/random.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

/// How long a participant may have no session: invited, or between a failed session and the next.
constexpr int64_t kSessionlessNs = 60 * kNsPerS;

Error no_such_participant() { return not_found("There is no such participant in the room."); }

}  // namespace

Room::Room(Server& server, std::string id, RoomPolicy policy, std::unique_ptr<media::Room> media)
    : server_(server),
      id_(std::move(id)),
      incarnation_(random_token()),
      policy_(std::move(policy)),
      created_unix_ms_(unix_ms()),
      created_ns_(server.now_ns()),
      empty_since_ns_(server.now_ns()),
      media_(std::move(media)),
      audience_(
          {.entry = [this](const std::string& id) { return roster_entry(*participants_.at(id)); },
           .concerns =
               [this](const std::string& id) { return concerns_of(*participants_.at(id)); }},
          server.now_ns()),
      alive_(std::make_shared<bool>(true)) {}

Room::~Room() = default;

uint32_t Room::max_participants() const {
  const uint32_t limit = server_.limits().max_participants;
  return policy_.max_participants == 0 ? limit : std::min(policy_.max_participants, limit);
}

media::TrackRates Room::audio_rates() const {
  const media::TrackRates& server = server_.limits().audio_rates;
  return {policy_.audio_packets_per_s.value_or(server.packets_per_s),
          policy_.audio_bitrate_bps.value_or(server.bitrate_bps)};
}

Status Room::update(const RoomPatch& patch) {
  assert(is_on_control());
  RoomPolicy policy = policy_;
  policy.max_participants = patch.max_participants.value_or(policy.max_participants);
  policy.empty_timeout_s = patch.empty_timeout_s.value_or(policy.empty_timeout_s);
  policy.path = patch.path.value_or(policy.path);
  policy.audio_packets_per_s = patch.audio_packets_per_s.value_or(policy.audio_packets_per_s);
  policy.audio_bitrate_bps = patch.audio_bitrate_bps.value_or(policy.audio_bitrate_bps);
  policy.metadata = patch.metadata.value_or(policy.metadata);
  for (const auto& [plugin, settings] : patch.plugins) policy.plugins[plugin] = settings;
  if (policy == policy_) return Ok{};
  if (Status status = check_policy(policy, server_.engine()); !status) return status.error();
  // Settings stored for a plugin that does not run now stay as they are.
  if (Status status = server_.parts_.check(patch.plugins, policy_.plugins); !status) {
    return status.error();
  }
  // The one step that may still fail comes first.
  if (patch.plugins.contains(server_.engine().selector_name())) {
    if (const auto part = server_.parts_.selector_part(id_, policy)) {
      if (Status status = media_->use_selector_settings(*part); !status) return status.error();
    }
  }
  const RoomPolicy before = std::exchange(policy_, std::move(policy));
  ++revision_;
  for (RoomSettings* plugin : server_.parts_.plugins()) {
    if (patch.plugins.contains(plugin->name()) &&
        PluginParts::part_of(*plugin, id_, before) != PluginParts::part_of(*plugin, id_, policy_)) {
      server_.tell_part(*plugin, *this);
    }
  }
  server_.emit(*this, "room.updated", {}, policy_json());
  return Ok{};
}

void Room::announce(const std::string& plugin, const std::optional<std::string>& json) {
  assert(is_on_control());
  const auto known = notices_.find(plugin);
  const bool is_known = known != notices_.end();
  if (json ? is_known && known->second == *json : !is_known) return;
  if (json) {
    notices_[plugin] = *json;
  } else {
    notices_.erase(known);
  }
  audience_.announced(plugin, json);
}

std::string Room::policy_json() const {
  return glib::JsonWriter()
      .begin_object()
      .key("incarnation")
      .string(incarnation_)
      .key("max_participants")
      .integer(max_participants())
      .key("empty_timeout_s")
      .integer(policy_.empty_timeout_s)
      .key("metadata")
      .raw(policy_.metadata)
      .key("media_path")
      .string(media::to_string(policy_.path.value_or(server_.engine().default_path())))
      .key("audio_packets_per_s")
      .integer(audio_rates().packets_per_s)
      .key("audio_bitrate_bps")
      .integer(audio_rates().bitrate_bps)
      .end_object()
      .text();
}

Result<Participant*> Room::join(const std::string& participant,
                                const ParticipantSettings& settings) {
  assert(is_on_control());
  if (!alive_) return Error{ErrorCode::Unavailable, "The room is closed."};
  if (Participant* known = find(participant)) return known;
  const Decision decision = decisions_.find(participant).value_or(Decision{});
  ParticipantSettings decided = settings;
  decision.apply(decided);
  return admit(participant, decided, decision);
}

Result<Participant*> Room::invite(const std::string& participant, const ParticipantPatch& given) {
  assert(is_on_control());
  if (!alive_) return Error{ErrorCode::Unavailable, "The room is closed."};
  if (Participant* known = find(participant)) {
    if (Status status = known->update(given); !status) return status.error();
    return known;
  }
  Decision decision = decisions_.find(participant).value_or(Decision{});
  decision.note(given);
  return admit(participant, patched(settings_of(participant), given), decision);
}

ParticipantSettings Room::settings_of(const std::string& participant) const {
  assert(is_on_control());
  const auto present = participants_.find(participant);
  if (present != participants_.end()) return present->second->settings();
  ParticipantSettings settings;
  if (const auto decision = decisions_.find(participant)) decision->apply(settings);
  return settings;
}

Result<Participant*> Room::admit(const std::string& participant, ParticipantSettings settings,
                                 const Decision& decision) {
  if (Status status = server_.takes_participants(policy_.path); !status) return status.error();
  if (Status status = check_name("The name of the participant", participant); !status) {
    return status.error();
  }
  if (Status status = check_settings(settings, server_.limits()); !status) return status.error();
  if (participants_.size() >= max_participants()) {
    return Error{ErrorCode::Exhausted, "The room has its limit of " +
                                           std::to_string(max_participants()) + " participants."};
  }
  if (Status status = server_.plugin_hooks().admit(*this, participant, settings); !status) {
    return status.error();
  }
  if (!alive_) return Error{ErrorCode::Unavailable, "The room is closed."};
  if (Status status = check_settings(settings, server_.limits()); !status) {
    return internal("a plugin admits " + participant +
                    " with wrong settings: " + status.error().message);
  }
  Participant* joined = participants_
                            .emplace(participant, std::make_unique<Participant>(
                                                      *this, participant, std::move(settings)))
                            .first->second.get();
  joined->decision_ = decision;
  decisions_.forget(participant);
  server_.places_.add(participant, id_, *this);
  server_.by_number_[joined->number()] = {this, joined};
  log::debug("room", "joined the room", joined->about());
  apply_preferences_for(joined->id());
  return joined;
}

Participant* Room::find(const std::string& participant) {
  assert(is_on_control());
  const auto found = participants_.find(participant);
  return found == participants_.end() ? nullptr : found->second.get();
}

int64_t Room::awaited_events() const {
  const auto watching = audience_.watching();
  return std::count_if(participants_.begin(), participants_.end(), [&](const auto& entry) {
    return entry.second->client() == ClientKind::Full && !watching.contains(entry.first);
  });
}

Status Room::remove(const std::string& participant, EndReason reason, const std::string& detail) {
  assert(is_on_control());
  auto taken = participants_.extract(participant);
  if (!taken) return no_such_participant();
  // Its own functions may be what called this, and `participant` may be its name.
  Participant& gone = *taken.mapped();
  server_.places_.remove(gone.id(), id_);
  server_.by_number_.erase(gone.number());
  server_.retire(std::move(taken.mapped()));
  gone.leave(reason, detail);
  if (alive_) {
    decisions_.keep(gone.id(), gone.decision_, size_t{2} * max_participants());
    if (gone.is_listed_) audience_.left(gone.id());
    apply_preferences_for(gone.id());
  }
  if (participants_.empty()) empty_since_ns_ = server_.now_ns();
  // Other details are the server's own, for operators.
  audience_.close(gone.id(), reason, reason == EndReason::Removed ? detail : std::string());
  return Ok{};
}

void Room::close(EndReason reason) {
  assert(is_on_control());
  alive_.reset();
  log::info("room", std::string("closed: ") + to_string(reason), {id_, {}, {}});
  while (!participants_.empty()) (void)remove(participants_.begin()->first, reason);
  server_.controllers().forget(media_->id());
  server_.emit(*this, "room.closed", {},
               glib::JsonWriter()
                   .begin_object()
                   .key("incarnation")
                   .string(incarnation_)
                   .key("reason")
                   .string(to_string(reason))
                   .key("duration_s")
                   .integer((server_.now_ns() - created_ns_) / kNsPerS)
                   .end_object()
                   .text());
}

void Room::apply_preferences_for(const std::string& participant) {
  for (const auto& [id, other] : participants_) {
    if (other->prefers(participant)) other->apply_preferences();
  }
}

bool Room::is_expired(int64_t now_ns) const {
  return alive_ && participants_.empty() && policy_.empty_timeout_s > 0 &&
         now_ns - empty_since_ns_ >= policy_.empty_timeout_s * kNsPerS;
}

void Room::drop_sessionless(int64_t now_ns) {
  std::vector<std::string> late;
  for (const auto& [id, participant] : participants_) {
    if (!participant->session_ && now_ns - participant->without_session_ns_ >= kSessionlessNs) {
      late.push_back(id);
    }
  }
  for (const std::string& id : late) (void)remove(id, EndReason::PeerTimeout);
}

}  // namespace veche::room
