// SPDX-License-Identifier: Apache-2.0
// Carries out one decision about many participants, in slices, so that a large room stops no other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "glib/json.hpp"
#include "http/api/action_bodies.hpp"
#include "http/api/api.hpp"

namespace veche::http {

/// Begun by begin(); owned by its posted tasks. [control]
class ModerationRun : public std::enable_shared_from_this<ModerationRun> {
 public:
  /// Participants of one slice. Each of those that leave costs work for each that stays.
  static constexpr size_t kSlice = 10;

  /// Replies once all are done: 200 with what became of each. Those in the room at this moment
  /// count for `except`. Drops the reply if the API ends before.
  static void begin(Api& api, const room::Room& room, Moderation order, Reply reply);

 private:
  ModerationRun(Api& api, const room::Room& room, Moderation order, Reply reply);
  void run_slice();
  /// What the request for this participant alone would do.
  Status carry_out(const std::string& participant);
  void write_result(const std::string& participant, const Status& status);

  Api& api_;
  const std::weak_ptr<bool> alive_;  ///< The API's.
  const std::string room_, incarnation_;
  const Moderation order_;
  const Reply reply_;
  std::vector<std::string> names_;
  size_t next_ = 0;
  glib::JsonWriter results_;
};

}  // namespace veche::http
