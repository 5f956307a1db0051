// SPDX-License-Identifier: Apache-2.0
// A courier that the test plays: it answers attempts, or leaves them open.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "events/webhooks/courier.hpp"

namespace veche::events {

class FakeCourier : public Courier {
 public:
  uint64_t send(Attempt attempt, std::function<void(const Outcome&)> done) override {
    const uint64_t number = ++last_;
    attempts.push_back(attempt);
    open_[number] = {std::move(attempt), std::move(done)};
    return number;
  }
  void cancel(uint64_t number) override { open_.erase(number); }
  void use(const AddressRules& rules, const std::string& ca_file) override {
    used_rules = rules;
    used_ca_file = ca_file;
  }

  size_t open() const { return open_.size(); }
  /// Answers the oldest attempt that is open; false: there is none.
  bool answer(const Outcome& outcome) {
    if (open_.empty()) return false;
    const auto done = std::move(open_.begin()->second.second);
    open_.erase(open_.begin());
    done(outcome);
    return true;
  }

  std::vector<Attempt> attempts;  ///< All of them.
  AddressRules used_rules;
  std::string used_ca_file;

 private:
  uint64_t last_ = 0;
  std::map<uint64_t, std::pair<Attempt, std::function<void(const Outcome&)>>> open_;
};

}  // namespace veche::events
