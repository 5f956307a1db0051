// SPDX-License-Identifier: Apache-2.0
// How clients watch a room, and what they see of its participants.
#include <cassert>
#include <string>
#include <utility>

#include "base/thread_role.hpp"
#include "room/random.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

/// A client has one feed, or two while it reconnects; more are a mistake or an attack.
constexpr size_t kMaxFeeds = 8;

}  // namespace

Result<std::unique_ptr<ClientFeed>> Room::watch(const std::string& participant, ClientSink& sink,
                                                const WatchRequest& request) {
  assert(is_on_control());
  const Participant* watcher = find(participant);
  if (!watcher) return not_found("There is no such participant in the room.");
  if (request.resume) {
    if (auto resumed = resume(*watcher, sink, *request.resume)) return resumed;
  }
  if (audience_.feeds_of(participant) >= kMaxFeeds) {
    return Error{ErrorCode::Exhausted, "The participant has its limit of " +
                                           std::to_string(kMaxFeeds) + " event connections."};
  }
  MessageStream stream{.id = random_token(),
                       .participant = watcher->id(),
                       .roster = ShownRoster(request.window),
                       .notices = Notices(speakers_)};
  if (const PublishHint hint = watcher->hint(); !hint.empty()) stream.notices.hint_changed(hint);
  if (watcher->network() != NetworkQuality{}) stream.notices.quality_changed(watcher->network());
  const auto& drain = server_.draining();
  stream.was_told_of_drain = drain.has_value();
  const Snapshot snapshot = snapshot_for(*watcher, stream);
  auto feed = std::make_unique<ClientFeed>(audience_, std::move(stream), sink);
  sink.on_snapshot(snapshot);
  if (drain) sink.on_draining(drain->deadline_unix_ms);
  return feed;
}

std::unique_ptr<ClientFeed> Room::resume(const Participant& participant, ClientSink& sink,
                                         const StreamPosition& position) {
  std::optional<MessageStream> stream = audience_.take(position.stream, participant.id());
  if (!stream || audience_.feeds_of(participant.id()) >= kMaxFeeds) return nullptr;
  if (!stream->roster.rewind(position.seq)) return nullptr;
  stream->notices.rewind(position.seq, {participant.slots(), speakers_, participant.hint(),
                                        participant.network(), notices_});
  const bool was_told_of_drain = stream->was_told_of_drain;
  const Resumption resumption{position, roster_entry(participant), participant.pinned(),
                              participant.blocked()};
  auto feed = std::make_unique<ClientFeed>(audience_, std::move(*stream), sink);
  sink.on_resumed(resumption);
  const auto& drain = server_.draining();
  if (drain) {
    sink.on_draining(drain->deadline_unix_ms);
  } else if (was_told_of_drain) {
    sink.on_draining(std::nullopt);
  }
  return feed;
}

Snapshot Room::snapshot_for(const Participant& participant, MessageStream& stream) {
  Snapshot snapshot;
  snapshot.stream = stream.id;
  snapshot.self = roster_entry(participant);
  snapshot.pinned = participant.pinned();
  snapshot.blocked = participant.blocked();
  snapshot.roster = audience_.begin(stream);
  snapshot.participants = audience_.roster().size();
  snapshot.slots = participant.slots();
  snapshot.speaking = speakers_.speaking;
  snapshot.dominant = speakers_.dominant;
  snapshot.notices = notices_;
  return snapshot;
}

RosterEntry Room::roster_entry(const Participant& participant) const {
  return {participant.id(),
          participant.name(),
          participant.settings().metadata,
          participant.settings().attributes,
          participant.source_number(),
          participant.session_state() == SessionState::Connected,
          participant.is_encrypted(),
          participant.muted_by_backend(),
          participant.muted_by_self(),
          participant.settings().permissions};
}

Concerns Room::concerns_of(const Participant& participant) const {
  return {participant.id(), participant.pinned(), participant.slots(), speakers_};
}

void Room::roster_changed(const Participant& participant) {
  if (participant.is_listed_) audience_.changed(participant.id());
}

void Room::enter_roster(const Participant& participant) {
  audience_.joined(participant.id());
  for (const auto& [id, other] : participants_) {
    if (other->prefers(participant.id())) audience_.pins_changed(id);
  }
}

}  // namespace veche::room
