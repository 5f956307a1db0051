// SPDX-License-Identifier: Apache-2.0
// The names of a roster in the order in which they joined. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace veche::room {

class JoinOrder {
 public:
  /// At the end. A name that is in it stays where it is.
  void add(const std::string& name);
  void remove(const std::string& name);

  bool has(const std::string& name) const { return numbers_.contains(name); }
  size_t size() const { return names_.size(); }
  /// The first `count`, or all; valid until the next change.
  std::span<const std::string> first(size_t count) const;
  /// Is `name` one of them?
  bool is_among_first(const std::string& name, size_t count) const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint64_t> numbers_;  ///< They grow along `names_`.
  uint64_t last_number_ = 0;
};

}  // namespace veche::room
