// SPDX-License-Identifier: Apache-2.0
// The courier: libcurl on a thread of its own.
#pragma once

#include <memory>

#include "events/webhooks/courier.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

/// Nothing that a receiver or a DNS server does makes control wait: it hands over values and gets
/// values. One receiver delays no other one.
class CurlCourier : public Courier {
 public:
  /// The loop outlives the courier.
  explicit CurlCourier(glib::ControlLoop& loop);
  /// Ends all attempts, and the thread.
  ~CurlCourier() override;
  CurlCourier(const CurlCourier&) = delete;
  CurlCourier& operator=(const CurlCourier&) = delete;

  uint64_t send(Attempt attempt, std::function<void(const Outcome&)> done) override;
  void cancel(uint64_t number) override;
  void use(const AddressRules& rules, const std::string& ca_file) override;

 private:
  class State;
  /// Shared with the results on their way to control, which find it gone after the destructor.
  const std::shared_ptr<State> state_;
};

}  // namespace veche::events
