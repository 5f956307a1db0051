// SPDX-License-Identifier: Apache-2.0
// The words for a recording's state.
#include "recording/file/manifest.hpp"

namespace veche::recording {

const char* to_string(State state) {
  switch (state) {
    case State::Recording: return "recording";
    case State::Finished: return "finished";
    case State::Failed: return "failed";
    case State::Interrupted: return "interrupted";
  }
  return "failed";
}

}  // namespace veche::recording
