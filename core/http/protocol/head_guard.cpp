// SPDX-License-Identifier: Apache-2.0
// Line by line, in the manner of libsoup: a line ends with LF, and a CR before it does not count.
#include "http/protocol/head_guard.hpp"

#include <algorithm>
#include <utility>

#include "http/protocol/text.hpp"

namespace veche::http {
namespace {

/// Longer than any value that is looked at here; libsoup bounds the whole head.
constexpr size_t kMaxLine = 1024;
/// Stands for a value that did not fit, and is refused by every rule below.
constexpr std::string_view kTooLong = "/";

int check_field(std::string_view name, std::string_view value) {
  if (is_word(name, "Transfer-Encoding")) return is_word(value, "chunked") ? 0 : 501;
  if (is_word(name, "Content-Length")) {
    const bool is_number = !value.empty() && std::all_of(value.begin(), value.end(),
                                                         [](char c) { return g_ascii_isdigit(c); });
    return is_number ? 0 : 400;
  }
  if (is_word(name, "Host")) return value.find('/') == std::string_view::npos ? 0 : 400;
  return 0;
}

}  // namespace

int HeadGuard::pass(std::string_view bytes) {
  while (!bytes.empty() && !has_ended_) {
    const size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (part.find('\0') != std::string_view::npos) return 400;
    line_.append(part.substr(0, kMaxLine - line_.size()));
    if (end == std::string_view::npos) return 0;
    bytes.remove_prefix(end + 1);
    if (const int refused = end_of_line()) return refused;
  }
  return 0;
}

int HeadGuard::end_of_line() {
  const std::string line = std::exchange(line_, {});
  if (line.empty() || line == "\r") {
    has_ended_ = has_lines_;  // Empty lines before the request do not count.
    return 0;
  }
  const bool is_first = !std::exchange(has_lines_, true);
  if (is_first) return 0;
  if (line.front() == ' ' || line.front() == '\t') return 400;
  const size_t colon = line.find(':');
  if (colon == std::string::npos) return 0;
  if (line.size() == kMaxLine) return check_field(line.substr(0, colon), kTooLong);
  std::string_view value = std::string_view(line).substr(colon + 1);
  while (value.ends_with('\r')) value.remove_suffix(1);
  return check_field(std::string_view(line).substr(0, colon), trimmed(value));
}

}  // namespace veche::http
