// SPDX-License-Identifier: Apache-2.0
// A strict parser that builds json-glib's nodes. json-glib's own parser takes more than JSON
// (assignments, comments), recurses without limit and cuts at NUL.
#include "glib/json.hpp"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/characters.hpp"
#include "glib/json_node.hpp"

namespace veche::glib {
namespace {

constexpr unsigned kMaxDepth = 64;
/// GHashTable's string hash can be collided at will; this bounds what that costs.
constexpr unsigned kMaxMembers = 4096;
constexpr size_t kMaxShownDigits = 40;

struct ContainerDeleter {
  void operator()(JsonObject* object) const { json_object_unref(object); }
  void operator()(JsonArray* array) const { json_array_unref(array); }
};

/// RFC 8259. Every function that returns nothing has set error_.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonPtr> parse() {
    JsonPtr root = check_encoding() ? value(0) : nullptr;
    skip_space();
    if (root && at_ < text_.size()) root = fail("text after the end of the value");
    if (root) return root;
    Error error = invalid(std::move(error_));
    if (!unkept_.empty()) error.fields.push_back({pointer_, std::move(unkept_)});
    return error;
  }

 private:
  std::nullptr_t fail(std::string_view what) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at_ && i < text_.size(); ++i) {
      const bool continues = (static_cast<unsigned char>(text_[i]) & 0xc0) == 0x80;
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else if (!continues) {
        ++column;
      }
    }
    error_ = "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " +
             std::string(what);
    return nullptr;
  }

  /// Refuses a number that would not stay what it is. The callers add to pointer_ where it stands.
  std::nullptr_t fail_number(std::string_view digits, std::string_view allowed) {
    unkept_ = digits.substr(0, kMaxShownDigits);
    unkept_ += digits.size() > kMaxShownDigits ? "... is not allowed; allowed: "
                                               : " is not allowed; allowed: ";
    unkept_ += allowed;
    return fail(unkept_);
  }

  bool check_encoding() {
    for (const std::string_view mark : {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"}) {
      if (!text_.starts_with(mark)) continue;
      fail("a byte order mark (BOM): save the text as UTF-8 without it");
      return false;
    }
    const char* end = nullptr;
    if (text_.empty() ||
        g_utf8_validate(text_.data(), static_cast<gssize>(text_.size()), &end) != FALSE) {
      return true;
    }
    at_ = static_cast<size_t>(end - text_.data());
    fail(*end == '\0' ? "a NUL byte" : "a byte that is not UTF-8");
    return false;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  JsonPtr value(unsigned depth) {
    skip_space();
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth == kMaxDepth) return fail("more than 64 levels of nesting");
      ++at_;
      return c == '{' ? object(depth + 1) : array(depth + 1);
    }
    if (c == '"') {
      std::string text;
      if (!string(text)) return nullptr;
      return JsonPtr(json_node_init_string(json_node_alloc(), text.c_str()));
    }
    if (c == '-' || is_digit(c)) return number();
    if (take_word("true")) return JsonPtr(json_node_init_boolean(json_node_alloc(), TRUE));
    if (take_word("false")) return JsonPtr(json_node_init_boolean(json_node_alloc(), FALSE));
    if (take_word("null")) return JsonPtr(json_node_init_null(json_node_alloc()));
    return fail(at_ == text_.size() ? "the text ends where a value is expected"
                                    : "a value is expected");
  }

  JsonPtr object(unsigned depth) {
    std::unique_ptr<JsonObject, ContainerDeleter> members(json_object_new());
    if (!take('}')) {
      do {
        skip_space();
        std::string name;
        if (peek() != '"') return fail("a member's name in double quotes is expected");
        const size_t name_at = at_;
        if (!string(name)) return nullptr;
        if (json_object_has_member(members.get(), name.c_str())) {
          at_ = name_at;
          return fail("the member \"" + name + "\" appears twice");
        }
        if (json_object_get_size(members.get()) == kMaxMembers) {
          return fail("more than 4096 members in one object");
        }
        if (!take(':')) return fail("':' is expected");
        JsonPtr member = value(depth);
        if (!member) {
          pointer_ = child_pointer("", name) + pointer_;
          return nullptr;
        }
        json_object_set_member(members.get(), name.c_str(), member.release());
      } while (take(','));
      if (!take('}')) return fail("',' or '}' is expected");
    }
    JsonPtr node(json_node_new(JSON_NODE_OBJECT));
    json_node_take_object(node.get(), members.release());
    return node;
  }

  JsonPtr array(unsigned depth) {
    std::unique_ptr<JsonArray, ContainerDeleter> elements(json_array_new());
    if (!take(']')) {
      do {
        JsonPtr element = value(depth);
        if (!element) {
          const guint index = json_array_get_length(elements.get());
          pointer_ = child_pointer("", std::to_string(index)) + pointer_;
          return nullptr;
        }
        json_array_add_element(elements.get(), element.release());
      } while (take(','));
      if (!take(']')) return fail("',' or ']' is expected");
    }
    JsonPtr node(json_node_new(JSON_NODE_ARRAY));
    json_node_take_array(node.get(), elements.release());
    return node;
  }

  bool string(std::string& out) {
    const size_t begin = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        fail("a control character in a string");
        return false;
      }
      if (c == '\\') {
        if (!escape(out)) return false;
      } else {
        out += c;
        ++at_;
      }
    }
    at_ = begin;
    fail("a string without end");
    return false;
  }

  bool escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const size_t begin = at_++;
    const char name = peek();
    if (name == 'u') {
      ++at_;
      return unicode_escape(out, begin);
    }
    const size_t index = name == '\0' ? std::string_view::npos : kNames.find(name);
    if (index == std::string_view::npos) {
      at_ = begin;
      fail("an unknown escape in a string");
      return false;
    }
    out += kMeanings[index];
    ++at_;
    return true;
  }

  bool unicode_escape(std::string& out, size_t begin) {
    uint32_t code = 0, low = 0;
    bool good = four_hex_digits(code) && code != 0 && (code < 0xdc00 || code > 0xdfff);
    if (good && code >= 0xd800 && code <= 0xdbff) {
      good = take_word("\\u") && four_hex_digits(low) && low >= 0xdc00 && low <= 0xdfff;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (!good) {
      at_ = begin;
      fail("a \\u escape that is incomplete, NUL, or half of a surrogate pair");
      return false;
    }
    char utf8[6];
    out.append(utf8, static_cast<size_t>(g_unichar_to_utf8(code, utf8)));
    return true;
  }

  bool four_hex_digits(uint32_t& code) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || end - digits.data() != 4) return false;
    at_ += 4;
    return true;
  }

  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  JsonPtr number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    const size_t first_digit = at_;
    skip_digits();
    bool good = at_ > first_digit && (text_[first_digit] != '0' || at_ == first_digit + 1);
    bool integer = true;
    if (peek() == '.') {
      integer = false;
      const size_t fraction = ++at_;
      skip_digits();
      good = good && at_ > fraction;
    }
    if (peek() == 'e' || peek() == 'E') {
      integer = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      const size_t exponent = at_;
      skip_digits();
      good = good && at_ > exponent;
    }
    if (!good) {
      at_ = begin;
      return fail("not a number");
    }
    const std::string digits(text_.substr(begin, at_ - begin));
    at_ = begin;
    JsonPtr node = integer ? whole_number(digits) : real_number(digits);
    if (node) at_ = begin + digits.size();
    return node;
  }

  JsonPtr whole_number(const std::string& digits) {
    int64_t whole = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), whole).ec == std::errc()) {
      return JsonPtr(json_node_init_int(json_node_alloc(), whole));
    }
    // As a double it would be another number.
    return fail_number(digits,
                       "an integer from -9223372036854775808 to 9223372036854775807; send a larger "
                       "one as a string");
  }

  JsonPtr real_number(const std::string& digits) {
    const double real = g_ascii_strtod(digits.c_str(), nullptr);
    if (std::isfinite(real)) return JsonPtr(json_node_init_double(json_node_alloc(), real));
    return fail_number(digits, "a number that fits a double; send a larger one as a string");
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::string error_;
  std::string unkept_;   // What is wrong with a number that would not stay what it is.
  std::string pointer_;  // RFC 6901: where the value stands that was refused.
};

}  // namespace

Result<JsonPtr> parse_json(std::string_view text) { return Parser(text).parse(); }

}  // namespace veche::glib
