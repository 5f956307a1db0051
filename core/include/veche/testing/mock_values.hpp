// SPDX-License-Identifier: Apache-2.0
// Settings for unit tests of plugins: what the server would hand over, from JSON.
#pragma once

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "../cpp/json.hpp"
#include "../cpp/values.hpp"

namespace veche::testing {

/// As given: nothing is checked against a schema, and no defaults are filled in.
class MockValues {
 public:
  /// Throws std::invalid_argument if it is not JSON.
  explicit MockValues(std::string json = "{}") : json_(std::move(json)) {
    auto parsed = Json::parse(json_);
    if (!parsed) throw std::invalid_argument("not JSON: " + json_);
    root_ = *std::move(parsed);
    handle_ = {{.struct_size = sizeof(veche_values),
                .reserved = 0,
                .json = json_.c_str(),
                .get_integer = get<int64_t, int64_t>,
                .get_number = get<double, double>,
                .get_boolean = get<bool, int32_t>,
                .get_string = get_string},
               this};
  }
  MockValues(const MockValues&) = delete;
  MockValues& operator=(const MockValues&) = delete;

  /// For a hook that takes Values.
  Values values() const { return Values(c_values()); }
  const veche_values* c_values() const { return &handle_.table; }
  const std::string& json() const { return json_; }

  /// By JSON pointer; null if there is none.
  const Json& find(std::string_view pointer) const {
    const Json* at = &root_;
    while (!pointer.empty()) {
      pointer.remove_prefix(1);
      const std::string_view token = pointer.substr(0, pointer.find('/'));
      pointer.remove_prefix(token.size());
      size_t index = 0;
      std::from_chars(token.data(), token.data() + token.size(), index);
      const Json::Array& elements = at->elements();
      at = index < elements.size() ? &elements[index] : &(*at)[token];
    }
    return *at;
  }

 private:
  struct Handle {
    veche_values table;  // First: the plugin's pointer leads to the handle.
    const MockValues* self;
  };
  static const Json& at(const veche_values* values, const char* pointer) {
    return reinterpret_cast<const Handle*>(values)->self->find(pointer);
  }
  template <class Read, class Out>
  static veche_status get(const veche_values* values, const char* pointer, Out* value) {
    const auto found = at(values, pointer).get<Read>();
    if (!found) return VECHE_E_INVALID;
    *value = static_cast<Out>(*found);
    return VECHE_OK;
  }
  static veche_status get_string(const veche_values* values, const char* pointer,
                                 const char** value) {
    const std::string* found = at(values, pointer).string();
    if (found == nullptr) return VECHE_E_INVALID;
    *value = found->c_str();
    return VECHE_OK;
  }

  const std::string json_;
  Json root_;
  Handle handle_{};
};

}  // namespace veche::testing
