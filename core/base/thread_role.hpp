// SPDX-License-Identifier: Apache-2.0
// The roles of threads, so that a function can assert on which of them it runs.
#pragma once

#include <cstdint>

namespace veche {

/// The tags [control] and [lane] of functions name these roles. Every other thread is Other:
/// workers, streaming threads, a plugin's threads.
enum class ThreadRole : uint8_t { Other = 1, Control, Lane };

/// Set once by the thread's owner (ControlLoop, Lane) for as long as the thread lives.
inline thread_local ThreadRole thread_role = ThreadRole::Other;

inline bool is_on_control() noexcept { return thread_role == ThreadRole::Control; }
inline bool is_on_lane() noexcept { return thread_role == ThreadRole::Lane; }

/// The thread has this role while the scope lives: for tests, which play both sides.
class ActAs {
 public:
  explicit ActAs(ThreadRole role) noexcept : before_(thread_role) { thread_role = role; }
  ~ActAs() { thread_role = before_; }
  ActAs(const ActAs&) = delete;
  ActAs& operator=(const ActAs&) = delete;

 private:
  const ThreadRole before_;
};

}  // namespace veche
