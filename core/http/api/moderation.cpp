// SPDX-License-Identifier: Apache-2.0
// Mutes and removes participants one by one, as their own routes do.
#include "http/api/moderation.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

std::vector<std::string> names_of(const room::Room& room, const Moderation& order) {
  if (order.participants) return *order.participants;
  const std::set<std::string> spared(order.except->begin(), order.except->end());
  std::vector<std::string> names;
  for (const auto& [name, participant] : room.participants()) {
    if (!spared.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

void ModerationRun::begin(Api& api, const room::Room& room, Moderation order, Reply reply) {
  const std::shared_ptr<ModerationRun> run(
      new ModerationRun(api, room, std::move(order), std::move(reply)));
  run->run_slice();
}

ModerationRun::ModerationRun(Api& api, const room::Room& room, Moderation order, Reply reply)
    : api_(api),
      alive_(api.alive),
      room_(room.id()),
      incarnation_(room.incarnation()),
      order_(std::move(order)),
      reply_(std::move(reply)),
      names_(names_of(room, order_)) {
  results_.begin_object().key("results").begin_array();
}

void ModerationRun::run_slice() {
  const size_t end = std::min(names_.size(), next_ + kSlice);
  for (; next_ < end; ++next_) write_result(names_[next_], carry_out(names_[next_]));
  if (next_ == names_.size()) {
    return reply_(json_response(200, results_.end_array().end_object().text()));
  }
  api_.rooms.loop().post([self = shared_from_this()] {
    if (!self->alive_.expired()) self->run_slice();
  });
}

Status ModerationRun::carry_out(const std::string& name) {
  room::Room* room = api_.rooms.find_room(room_);
  if (!room || room->incarnation() != incarnation_) return not_found("The room has ended.");
  if (order_.removes()) {
    // Of a participant that has just left, too: it would rejoin.
    if (!order_.allow_rejoin) api_.rooms.revocations().remove(room_, name, unix_ms());
    return room->remove(name, room::EndReason::Removed, order_.reason);
  }
  room::Participant* participant = room->find(name);
  if (!participant) return not_found("There is no participant \"" + name + "\" in the room.");
  return participant->update({.muted_by_backend = order_.action == "mute"});
}

void ModerationRun::write_result(const std::string& name, const Status& status) {
  results_.begin_object().key("participant").string(name);
  if (status) {
    results_.key("status").integer(order_.removes() ? 204 : 200);
  } else {
    const Problem failed = problem_of(status.error());
    results_.key("status").integer(failed.status).key("problem").verbatim(to_json(failed));
  }
  results_.end_object();
}

}  // namespace veche::http
