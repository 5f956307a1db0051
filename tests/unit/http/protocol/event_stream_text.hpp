// SPDX-License-Identifier: Apache-2.0
// Reads a text/event-stream as a browser does (HTML, section 9.2.6), for tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veche::http {

struct StreamedEvent {
  std::string id, type, data;
  friend bool operator==(const StreamedEvent&, const StreamedEvent&) = default;
};

class EventStreamText {
 public:
  EventStreamText() = default;
  explicit EventStreamText(std::string_view text) { feed(text); }

  /// What is not a whole block yet counts for nothing. No piece ends between CR and LF.
  void feed(std::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find_first_of("\r\n");
      line_ += text.substr(0, end);
      if (end == std::string_view::npos) return;
      take_line(std::exchange(line_, ""));
      text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    }
  }

  std::vector<StreamedEvent> events;
  std::vector<std::string> comments;
  std::string last_id;
  std::string retry;

 private:
  void take_line(std::string_view line) {
    if (line.empty()) return dispatch();
    const size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) value = line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (colon == 0) comments.emplace_back(value);
    if (field == "event") type_ = value;
    if (field == "data") data_ += std::string(value) + "\n";
    if (field == "id") id_ = value;
    if (field == "retry") retry = value;
  }
  void dispatch() {
    last_id = id_;
    if (!data_.empty()) {
      data_.pop_back();
      events.push_back({id_, type_.empty() ? "message" : type_, data_});
    }
    type_.clear();
    data_.clear();
  }

  std::string line_;  ///< The beginning of one.
  std::string id_, type_, data_;
};

}  // namespace veche::http
