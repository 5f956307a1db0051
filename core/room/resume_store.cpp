// SPDX-License-Identifier: Apache-2.0
// Streams by participant, and when their connections ended.
#include "room/resume_store.hpp"

#include <utility>

namespace veche::room {

void ResumeStore::keep(MessageStream stream, int64_t now_ns) {
  std::string participant = stream.participant;
  kept_.insert_or_assign(std::move(participant), Kept{std::move(stream), now_ns});
}

std::optional<MessageStream> ResumeStore::take(const std::string& id,
                                               const std::string& participant) {
  const auto found = kept_.find(participant);
  if (found == kept_.end() || found->second.stream.id != id) return std::nullopt;
  MessageStream stream = std::move(found->second.stream);
  kept_.erase(found);
  return stream;
}

void ResumeStore::expire(int64_t now_ns) {
  std::erase_if(kept_,
                [&](const auto& entry) { return now_ns - entry.second.since_ns >= kKeptNs; });
}

}  // namespace veche::room
