// SPDX-License-Identifier: Apache-2.0
// Makes participants join and leave the room.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "base/workers.hpp"
#include "generator.hpp"
#include "glib/control_loop.hpp"
#include "http_api.hpp"
#include "member.hpp"
#include "options.hpp"
#include "rooms.hpp"

namespace veche::load {

/// [control] all of it. The loop no longer runs when the crowd is destroyed.
class Crowd {
 public:
  /// The arguments outlive the crowd.
  Crowd(glib::ControlLoop& loop, const Options& options, HttpApi& http, const Rooms& rooms,
        const Voice& voice);

  /// Makes all offers now, so that joins are nothing else.
  void prepare_all();
  /// True when all offers are made, or have failed.
  bool prepared() const;
  /// Starts the join of the next participant.
  void join_next();
  void leave_all();
  /// A participant that takes longer to join has failed.
  void check_patience(int64_t now_ns);

  bool all_started() const { return next_ == members_.size(); }
  size_t count(MemberState state) const;
  size_t joining() const;
  /// True if the first `count` have joined or failed.
  bool settled(size_t count) const;
  bool empty() const;
  const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  std::vector<Outcome> outcomes() const;
  Generator& generator() { return generator_; }
  const Generator& generator() const { return generator_; }

 private:
  void prepare(Member& member);
  void post(Member& member);
  void on_offer(Member& member, Result<std::shared_ptr<Client>> client);
  void on_answer(Member& member, const Result<HttpReply>& reply);
  void on_connected(Member& member, int64_t at_ns);
  void start(Member& member);
  void leave(Member& member);
  void fail(Member& member, const std::string& reason);
  void close(Member& member);

  glib::ControlLoop& loop_;
  const Options& options_;
  HttpApi& http_;
  const Rooms& rooms_;
  const Voice& voice_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<Member>> members_;
  size_t next_ = 0;
  std::unique_ptr<SocketReader> reader_;
  Generator generator_;
  Workers workers_;  // Last: its threads end before the other members are destroyed.
};

}  // namespace veche::load
