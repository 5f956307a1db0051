// SPDX-License-Identifier: Apache-2.0
// Reads the head of a request before libsoup does, which loses memory over some of what it refuses.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace veche::http {

/// libsoup 3.2 keeps the path of each request whose body has no length that it understands, or
/// whose Host has a slash. So such heads end here, and whatever would make the two readers see
/// different lines: a NUL, or a line that goes on (RFC 9112, section 5.2).
class HeadGuard {
 public:
  /// Takes the next bytes of one request, in any pieces. The status to refuse it with: 400, or 501
  /// for an unknown transfer coding (RFC 9112, section 6.1); 0: go on.
  int pass(std::string_view bytes);
  /// The head has ended: what follows is the body.
  bool has_ended() const { return has_ended_; }

 private:
  int end_of_line();

  std::string line_;  ///< Of what has come, the last line; what is too long is libsoup's to refuse.
  bool has_lines_ = false;
  bool has_ended_ = false;
};

}  // namespace veche::http
