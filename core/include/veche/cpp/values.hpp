// SPDX-License-Identifier: Apache-2.0
// Settings that the host has checked, as values of C++.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../plugin.h"

namespace veche {

/// [control] A JSON object that fits the plugin's schema, with defaults filled in. Valid during the
/// call that got it.
class Values {
 public:
  /// Null: the empty object.
  explicit Values(const veche_values* values) noexcept : values_(values) {}

  std::string_view json() const noexcept { return values_ != nullptr ? values_->json : "{}"; }

  /// By JSON pointer: int64_t, double, bool or std::string. Nothing if there is no such value.
  template <class T>
  std::optional<T> get(const std::string& pointer) const {
    if (values_ == nullptr) return {};
    const char* at = pointer.c_str();
    if constexpr (std::is_same_v<T, int64_t>) {
      return read<int64_t>(&veche_values::get_integer, at);
    } else if constexpr (std::is_same_v<T, double>) {
      return read<double>(&veche_values::get_number, at);
    } else if constexpr (std::is_same_v<T, bool>) {
      const auto value = read<int32_t>(&veche_values::get_boolean, at);
      return value ? std::optional<bool>(*value != 0) : std::nullopt;
    } else {
      static_assert(std::is_same_v<T, std::string>, "int64_t, double, bool or std::string");
      const auto value = read<const char*>(&veche_values::get_string, at);
      return value ? std::optional<std::string>(*value) : std::nullopt;
    }
  }
  /// An array of such values; empty if there is none.
  template <class T>
  std::vector<T> list(const std::string& pointer) const {
    std::vector<T> all;
    while (auto value = get<T>(pointer + "/" + std::to_string(all.size()))) {
      all.push_back(*std::move(value));
    }
    return all;
  }

 private:
  template <class Value, class Get>
  std::optional<Value> read(Get get, const char* pointer) const {
    Value value{};
    return (values_->*get)(values_, pointer, &value) == VECHE_OK ? std::optional<Value>(value)
                                                                 : std::nullopt;
  }

  const veche_values* const values_;
};

}  // namespace veche
