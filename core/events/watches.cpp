// SPDX-License-Identifier: Apache-2.0
// A list of functions, each owned by its subscriber.
#include "events/watches.hpp"

#include <utility>

namespace veche::events {
namespace {

class Subscription : public Watch {
 public:
  explicit Subscription(std::shared_ptr<Watches::Committed> committed)
      : committed_(std::move(committed)) {}

 private:
  /// Shared with a call that is under way.
  const std::shared_ptr<Watches::Committed> committed_;
};

}  // namespace

std::unique_ptr<Watch> Watches::add(Committed committed) {
  auto shared = std::make_shared<Committed>(std::move(committed));
  std::erase_if(all_, [](const auto& each) { return each.expired(); });
  all_.push_back(shared);
  return std::make_unique<Subscription>(std::move(shared));
}

void Watches::tell(uint64_t newest) {
  for (const auto& each : std::vector(all_)) {
    if (const auto committed = each.lock()) (*committed)(newest);
  }
}

}  // namespace veche::events
