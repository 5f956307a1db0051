// SPDX-License-Identifier: Apache-2.0
// The life of each participant, from the offer to the DELETE.
#include "crowd.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/time.hpp"

namespace veche::load {
namespace {

constexpr size_t kWorkers = 4;
constexpr int64_t kJoinPatienceNs = 15 * kNsPerS;
constexpr uint32_t kEarlyMs = 30;  // The usual duration of a handshake.
constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

std::string failure_of(const Result<HttpReply>& reply) {
  if (!reply) return reply.error().message;
  return "HTTP " + std::to_string(reply->status) + " " + reply->body.substr(0, 300);
}

}  // namespace

Crowd::Crowd(glib::ControlLoop& loop, const Options& options, HttpApi& http, const Rooms& rooms,
             const Voice& voice)
    : loop_(loop),
      options_(options),
      http_(http),
      rooms_(rooms),
      voice_(voice),
      random_(options.seed),
      reader_(options.readers == Readers::Woken ? make_woken_reader() : make_polling_reader()),
      workers_("clients", kWorkers) {
  std::uniform_real_distribution<double> chance(0, 1);
  for (uint32_t i = 0; i < options.participants; ++i) {
    auto member = std::make_unique<Member>();
    member->index = member->outcome.index = i;
    member->outcome.room = rooms.room_of(i);
    member->leaves_early = i >= rooms.talkers() && chance(random_) < options.leave_early;
    member->receiver =
        std::make_shared<Receiver>(i, rooms.turns(member->outcome.room).size(), rooms.count());
    member->outcome.left_ns = kForever;
    member->outcome.receiver = member->receiver.get();
    members_.push_back(std::move(member));
  }
}

void Crowd::join_next() {
  Member& member = *members_[next_++];
  if (member.state == MemberState::Waiting) return prepare(member);
  if (member.state == MemberState::Prepared) post(member);
}

void Crowd::prepare_all() {
  for (const auto& member : members_) prepare(*member);
}

bool Crowd::prepared() const {
  return std::all_of(members_.begin(), members_.end(), [](const auto& m) {
    return m->state != MemberState::Waiting && m->state != MemberState::Preparing;
  });
}

void Crowd::prepare(Member& member) {
  member.state = MemberState::Preparing;
  const ClientSettings settings{.ssrc = 0x10000000u + member.index,
                                .slots = options_.slots,
                                .reader = options_.through_elements ? nullptr : reader_.get(),
                                .feedback = options_.feedback};
  ClientEvents events{
      .connected =
          [this, &member] {
            loop_.post([this, &member, at_ns = monotonic_ns()] { on_connected(member, at_ns); });
          },
      .failed =
          [this, &member](const std::string& reason) {
            loop_.post([this, &member, reason] { fail(member, reason); });
          }};
  workers_.run([this, &member, settings, events = std::move(events), receiver = member.receiver] {
    auto made = Client::create(settings, events, receiver);
    Result<std::shared_ptr<Client>> client =
        made ? Result<std::shared_ptr<Client>>(std::shared_ptr<Client>(*std::move(made)))
             : made.error();
    loop_.post([this, &member, client = std::move(client)]() mutable {
      on_offer(member, std::move(client));
    });
  });
}

void Crowd::on_offer(Member& member, Result<std::shared_ptr<Client>> client) {
  if (!client) return fail(member, client.error().message);
  member.client = *std::move(client);
  if (member.state != MemberState::Preparing) return close(member);
  if (member.index < next_) return post(member);
  member.state = MemberState::Prepared;
}

void Crowd::post(Member& member) {
  member.state = MemberState::Posting;
  member.outcome.posted_ns = monotonic_ns();
  http_.post_session(rooms_.name(options_.room, member.outcome.room),
                     options_.name_prefix + "-" + std::to_string(member.index),
                     member.client->offer(),
                     [this, &member](const Result<HttpReply>& reply) { on_answer(member, reply); });
}

void Crowd::on_answer(Member& member, const Result<HttpReply>& reply) {
  const bool accepted = reply && reply->status == 201;
  if (accepted) member.location = reply->location;
  if (member.state != MemberState::Posting) return leave(member);
  if (!accepted) return fail(member, "no session: " + failure_of(reply));
  member.state = MemberState::Connecting;
  if (member.leaves_early) {
    const uint32_t delay_ms = std::uniform_int_distribution<uint32_t>(0, kEarlyMs)(random_);
    member.leave_timer = loop_.once(delay_ms, [this, &member] {
      member.outcome.left_early = member.outcome.connected_ns == 0;
      leave(member);
    });
  }
  workers_.run([this, &member, client = member.client, answer = reply->body]() mutable {
    const Status status = client->set_answer(answer);
    client.reset();
    loop_.post([this, &member, status] {
      if (!status) return fail(member, status.error().message);
      member.described = true;
      start(member);
    });
  });
}

void Crowd::on_connected(Member& member, int64_t at_ns) {
  if (member.state != MemberState::Connecting) return;
  member.state = MemberState::Connected;
  member.outcome.connected_ns = at_ns;
  member.outcome.joined = true;
  if (options_.stay_s > 0 && member.index >= rooms_.talkers() && !member.leaves_early) {
    member.leave_timer = loop_.once(static_cast<uint32_t>(options_.stay_s * 1000),
                                    [this, &member] { leave(member); });
  }
  start(member);
}

void Crowd::start(Member& member) {
  if (member.state != MemberState::Connected || !member.described) return;
  member.talker = std::make_unique<Talker>(
      static_cast<uint16_t>(member.index), member.client->format(),
      rooms_.turns(member.outcome.room), voice_, options_.silence, options_.seed);
  member.outcome.talker = member.talker.get();
  workers_.run([this, &member, client = member.client]() mutable {
    const Status status = client->start_sending();
    client.reset();
    loop_.post([this, &member, status] {
      if (!status) return fail(member, status.error().message);
      if (member.state == MemberState::Connected)
        generator_.add(member.index, *member.client, *member.talker);
    });
  });
}

void Crowd::leave(Member& member) {
  if (member.state >= MemberState::Leaving && member.location.empty()) return;
  const std::string location = std::exchange(member.location, {});
  if (member.state < MemberState::Leaving) {
    member.state = MemberState::Leaving;
    member.outcome.left_ns = monotonic_ns();
  }
  generator_.remove(member.index);
  if (location.empty()) return close(member);
  http_.delete_session(location, [this, &member](const Result<HttpReply>& reply) {
    member.outcome.removed = reply && reply->status == 404 && member.outcome.joined;
    const bool gone = reply && (reply->status / 100 == 2 || reply->status == 404);
    if (!gone && member.outcome.failure.empty())
      member.outcome.failure = "DELETE: " + failure_of(reply);
    close(member);
  });
}

void Crowd::fail(Member& member, const std::string& reason) {
  if (member.state >= MemberState::Leaving) return;
  member.outcome.failure = reason;
  leave(member);
}

/// Destroys the client on a worker. A worker that still uses it destroys it instead.
void Crowd::close(Member& member) {
  member.state = MemberState::Closing;
  workers_.run([this, &member, client = std::exchange(member.client, nullptr)]() mutable {
    client.reset();
    loop_.post([&member] { member.state = MemberState::Gone; });
  });
}

void Crowd::leave_all() {
  next_ = members_.size();
  for (const auto& member : members_) {
    if (member->state == MemberState::Waiting) member->state = MemberState::Gone;
    if (member->state < MemberState::Leaving) leave(*member);
  }
}

void Crowd::check_patience(int64_t now_ns) {
  for (const auto& member : members_) {
    if (member->joining() && member->outcome.posted_ns != 0 &&
        now_ns - member->outcome.posted_ns > kJoinPatienceNs) {
      fail(*member, "not connected after 15 s");
    }
  }
}

size_t Crowd::count(MemberState state) const {
  return static_cast<size_t>(std::count_if(members_.begin(), members_.end(),
                                           [state](const auto& m) { return m->state == state; }));
}

size_t Crowd::joining() const {
  return static_cast<size_t>(
      std::count_if(members_.begin(), members_.end(), [](const auto& m) { return m->joining(); }));
}

bool Crowd::settled(size_t count) const {
  return std::all_of(members_.begin(), members_.begin() + static_cast<ptrdiff_t>(count),
                     [](const auto& m) {
                       return m->state != MemberState::Waiting &&
                              m->state != MemberState::Prepared && !m->joining();
                     });
}

bool Crowd::empty() const { return count(MemberState::Gone) == members_.size(); }

std::vector<Outcome> Crowd::outcomes() const {
  std::vector<Outcome> outcomes;
  for (const auto& member : members_) outcomes.push_back(member->outcome);
  return outcomes;
}

}  // namespace veche::load
