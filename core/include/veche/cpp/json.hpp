// SPDX-License-Identifier: Apache-2.0
// A small JSON value (RFC 8259): parsed from text, read, built and written.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "failure.hpp"

namespace veche {

/// [any but lane] Numbers without a fraction and an exponent that fit are int64_t, all others
/// double. Of members of the same name the last counts.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;  ///< null
  Json(bool value) : value_(value) {}
  Json(int64_t value) : value_(value) {}
  Json(int value) : value_(int64_t{value}) {}
  Json(uint32_t value) : value_(int64_t{value}) {}
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  /// Nothing if the text is not JSON, or is nested deeper than 64 times.
  static std::optional<Json> parse(std::string_view text);
  /// Throws a Failure (VECHE_E_INVALID) that names `what` if the text is not a JSON object.
  static Json parse_object(std::string_view text, const std::string& what) {
    auto parsed = parse(text);
    if (parsed && std::holds_alternative<Object>(parsed->value_)) return *std::move(parsed);
    throw Failure(VECHE_E_INVALID, what + ": not a JSON object");
  }
  std::string text() const {
    std::string to;
    write(to);
    return to;
  }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  /// bool, int64_t, double (of whole numbers too), std::string, Array or Object; nothing if it is
  /// of another type.
  template <class T>
  std::optional<T> get() const {
    if constexpr (std::is_same_v<T, double>) {
      if (const auto* whole = std::get_if<int64_t>(&value_)) return static_cast<double>(*whole);
    }
    const T* value = std::get_if<T>(&value_);
    return value != nullptr ? std::optional<T>(*value) : std::nullopt;
  }
  /// A member of such a type; `otherwise` if there is none.
  template <class T>
  T get(std::string_view name, T otherwise) const {
    return (*this)[name].get<T>().value_or(std::move(otherwise));
  }
  /// Its text; null if it is no string. Lives as long as this.
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  /// A member of an object; null if there is none, or this is none.
  const Json& operator[](std::string_view name) const {
    static const Json none;
    const auto* object = std::get_if<Object>(&value_);
    const auto found = object != nullptr ? object->find(name) : Object::const_iterator{};
    return object != nullptr && found != object->end() ? found->second : none;
  }
  /// For building: makes an object of anything else.
  Json& operator[](std::string_view name) {
    if (!std::holds_alternative<Object>(value_)) value_ = Object();
    return std::get<Object>(value_)[std::string(name)];
  }
  /// The elements of an array; none if this is none.
  const Array& elements() const {
    static const Array none;
    const auto* array = std::get_if<Array>(&value_);
    return array != nullptr ? *array : none;
  }
  /// For building: makes an array of anything else.
  void push_back(Json element) {
    if (!std::holds_alternative<Array>(value_)) value_ = Array();
    std::get<Array>(value_).push_back(std::move(element));
  }
  friend bool operator==(const Json&, const Json&) = default;

 private:
  class Parser;
  void write(std::string& to) const;
  static void write_string(std::string& to, std::string_view text);

  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> value_ = nullptr;
};

class Json::Parser {
 public:
  explicit Parser(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool whole(Json& to) {
    if (!value(to, 0)) return false;
    skip_space();
    return at_ == end_;
  }

 private:
  static constexpr int kMostNested = 64;

  bool value(Json& to, int depth) {
    skip_space();
    if (at_ == end_ || depth > kMostNested) return false;
    switch (*at_) {
      case '{': return object(to, depth);
      case '[': return array(to, depth);
      case '"': return string(to.value_.emplace<std::string>());
      case 't': to.value_ = true; return word("true");
      case 'f': to.value_ = false; return word("false");
      case 'n': return word("null");
      default: return number(to);
    }
  }
  bool object(Json& to, int depth) {
    auto& members = to.value_.emplace<Object>();
    ++at_;
    if (take('}')) return true;
    do {
      std::string name;
      skip_space();
      if (at_ == end_ || *at_ != '"' || !string(name) || !take(':')) return false;
      if (!value(members[std::move(name)] = Json(), depth + 1)) return false;
    } while (take(','));
    return take('}');
  }
  bool array(Json& to, int depth) {
    auto& elements = to.value_.emplace<Array>();
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(elements.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }
  bool string(std::string& to) {
    for (++at_; at_ != end_ && *at_ != '"'; ++at_) {
      if (static_cast<unsigned char>(*at_) < 0x20) return false;
      if (*at_ != '\\') {
        to += *at_;
      } else if (++at_ == end_ || !escape(to)) {
        return false;
      }
    }
    return at_ != end_ && *at_++ == '"';
  }
  bool escape(std::string& to) {
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (*at_ == 'u') return unicode(to);
    const size_t index = kNames.find(*at_);
    if (index == std::string_view::npos) return false;
    to += kMeant[index];
    return true;
  }
  /// A pair of surrogates is one character (RFC 8259 section 7); a lone one is refused.
  bool unicode(std::string& to) {
    uint32_t code = 0;
    if (!hex(code) || (code >= 0xdc00 && code < 0xe000)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      uint32_t low = 0;
      if (end_ - at_ < 3 || at_[1] != '\\' || at_[2] != 'u') return false;
      at_ += 2;
      if (!hex(low) || low < 0xdc00 || low >= 0xe000) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    const auto tail = [&](int shift) { to += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
    if (code < 0x80) {
      to += static_cast<char>(code);
    } else if (code < 0x800) {
      to += static_cast<char>(0xc0 | (code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      to += static_cast<char>(0xe0 | (code >> 12));
      tail(6), tail(0);
    } else {
      to += static_cast<char>(0xf0 | (code >> 18));
      tail(12), tail(6), tail(0);
    }
    return true;
  }
  /// Leaves at_ on the last digit.
  bool hex(uint32_t& code) {
    if (end_ - at_ < 5) return false;
    const auto [end, error] = std::from_chars(at_ + 1, at_ + 5, code, 16);
    at_ += 4;
    return error == std::errc() && end == at_ + 1;
  }
  bool number(Json& to) {
    const char* const begin = at_;
    const auto digits = [&] {
      const char* const first = at_;
      while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
      return at_ - first;
    };
    if (at_ != end_ && *at_ == '-') ++at_;
    const char* const first = at_;
    const auto count = digits();
    if (count == 0 || (count > 1 && *first == '0')) return false;
    bool is_whole = true;
    if (at_ != end_ && *at_ == '.') {
      ++at_, is_whole = false;
      if (digits() == 0) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_, is_whole = false;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (digits() == 0) return false;
    }
    int64_t whole = 0;
    if (is_whole && std::from_chars(begin, at_, whole).ec == std::errc()) {
      to.value_ = whole;
      return true;
    }
    return std::from_chars(begin, at_, to.value_.emplace<double>()).ec == std::errc();
  }
  bool word(std::string_view word) {
    if (std::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, word.size()) != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  bool take(char expected) {
    skip_space();
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  const char* at_;
  const char* const end_;
};

inline std::optional<Json> Json::parse(std::string_view text) {
  Json parsed;
  return Parser(text).whole(parsed) ? std::optional<Json>(std::move(parsed)) : std::nullopt;
}

inline void Json::write(std::string& to) const {
  const auto list = [&](char open, char close, const auto& all, auto&& one) {
    to += open;
    for (auto each = all.begin(); each != all.end(); ++each) {
      if (each != all.begin()) to += ',';
      one(*each);
    }
    to += close;
  };
  if (const auto* flag = std::get_if<bool>(&value_)) {
    to += *flag ? "true" : "false";
  } else if (const auto* whole = std::get_if<int64_t>(&value_)) {
    to += std::to_string(*whole);
  } else if (const auto* number = std::get_if<double>(&value_)) {
    char digits[32];
    // JSON has neither infinity nor not-a-number; zero has no sign, which would be read as none.
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, *number + 0.0);
    to += std::isfinite(*number) ? std::string_view(digits, static_cast<size_t>(end - digits))
                                 : std::string_view("null");
  } else if (const auto* string = std::get_if<std::string>(&value_)) {
    write_string(to, *string);
  } else if (const auto* array = std::get_if<Array>(&value_)) {
    list('[', ']', *array, [&](const Json& each) { each.write(to); });
  } else if (const auto* object = std::get_if<Object>(&value_)) {
    list('{', '}', *object, [&](const auto& member) {
      write_string(to, member.first);
      to += ':';
      member.second.write(to);
    });
  } else {
    to += "null";
  }
}

inline void Json::write_string(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      to += escaped;
    } else {
      to += c;
    }
  }
  to += '"';
}

}  // namespace veche
