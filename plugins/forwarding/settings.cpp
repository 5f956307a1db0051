// SPDX-License-Identifier: Apache-2.0
// Parses a room's settings, a flat JSON object of integers, and explains what is wrong with them.
#include "forwarding/settings.hpp"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace veche::forwarding {

const char kConfigSchema[] = R"({
  "type": "object",
  "properties": {
    "max_speakers": {
      "type": "integer", "minimum": 1, "maximum": 16, "default": 3,
      "description": "How many participants each listener hears at once. A participant may have a limit of its own."
    },
    "noise_gate_dbov": {
      "type": "integer", "minimum": -90, "maximum": -20, "default": -60,
      "description": "Audio below this level (RFC 6464, dBov) is never speech, whatever the noise floor."
    },
    "hangover_ms": {
      "type": "integer", "minimum": 200, "maximum": 2000, "default": 500,
      "description": "A speaker who pauses for no longer than this still counts as speaking."
    },
    "preroll_ms": {
      "type": "integer", "minimum": 0, "maximum": 400, "default": 300,
      "description": "How much of a new speaker's audio from before the selection is replayed; 0: none. Holds for the whole server."
    },
    "slots_per_participant": {
      "type": "integer", "minimum": 1, "maximum": 4, "default": 1,
      "description": "How many tracks of one participant a listener hears at once: the strongest."
    }
  }
})";

namespace {

class Parser {
 public:
  Parser(const char* json, char* problem, size_t problem_size)
      : at_(json), problem_(problem), problem_size_(problem_size) {}

  bool object(Settings& settings) {
    if (!take('{')) return fail("settings must be a JSON object");
    if (!take('}')) {
      do {
        if (!member(settings)) return false;
      } while (take(','));
      if (!take('}')) return fail("settings: ',' or '}' expected after a value");
    }
    skip_space();
    return *at_ == '\0' || fail("settings: nothing may follow the JSON object");
  }

 private:
  bool member(Settings& settings) {
    std::string_view key;
    if (!string(key)) return false;
    const SettingSpec* spec = find(key);
    if (spec == nullptr) return unknown(key);
    if (!spec->per_room) {
      return fail("%s: holds for the whole server and cannot be set per room", spec->key);
    }
    const size_t index = static_cast<size_t>(spec - kSettingSpecs);
    if (seen_[index]) return fail("%s: given twice", spec->key);
    seen_[index] = true;
    if (!take(':')) return fail("%s: ':' expected after the key", spec->key);
    return integer(*spec, settings);
  }

  /// Known keys need no escapes, so a string with one is an unknown key.
  bool string(std::string_view& out) {
    if (!take('"')) return fail("settings: a key in double quotes expected");
    const char* begin = at_;
    for (; *at_ != '"'; ++at_) {
      if (static_cast<unsigned char>(*at_) < 0x20) return fail("settings: a key does not end");
      if (*at_ == '\\' && at_[1] != '\0') ++at_;
    }
    out = std::string_view(begin, static_cast<size_t>(at_ - begin));
    ++at_;
    return true;
  }

  bool integer(const SettingSpec& spec, Settings& settings) {
    skip_space();
    const char* begin = at_;
    const bool negative = *at_ == '-';
    if (negative) ++at_;
    const char* digits = at_;
    int64_t value = 0;
    for (; *at_ >= '0' && *at_ <= '9'; ++at_) {
      // Saturates far outside every range.
      if (value < INT32_MAX) value = value * 10 + (*at_ - '0');
    }
    const bool leading_zero = *digits == '0' && at_ - digits > 1;
    if (at_ == digits || leading_zero || !ends_value()) {
      while (!ends_value()) ++at_;
      return out_of_range(spec, begin, "an integer");
    }
    if (negative) value = -value;
    if (value < spec.minimum || value > spec.maximum) return out_of_range(spec, begin, "allowed");
    settings.*spec.member = static_cast<int32_t>(value);
    return true;
  }

  bool out_of_range(const SettingSpec& spec, const char* begin, const char* what) {
    const int length = static_cast<int>(at_ - begin < kShown ? at_ - begin : kShown);
    return fail("%s: %.*s is not %s: an integer from %" PRId32 " to %" PRId32 " is", spec.key,
                length, begin, what, spec.minimum, spec.maximum);
  }

  bool unknown(std::string_view key) {
    const int length = static_cast<int>(key.size() < kShown ? key.size() : kShown);
    return fail(
        "\"%.*s\": unknown setting; a room may have max_speakers, noise_gate_dbov, hangover_ms, "
        "slots_per_participant",
        length, key.data());
  }

  static const SettingSpec* find(std::string_view key) {
    for (const SettingSpec& spec : kSettingSpecs) {
      if (key == spec.key) return &spec;
    }
    return nullptr;
  }

  bool ends_value() const { return *at_ == '\0' || *at_ == ',' || *at_ == '}' || is_space(*at_); }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void skip_space() {
    while (is_space(*at_)) ++at_;
  }
  bool take(char expected) {
    skip_space();
    if (*at_ != expected) return false;
    ++at_;
    return true;
  }

  [[gnu::format(printf, 2, 3)]] bool fail(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(problem_, problem_size_, format, arguments);
    va_end(arguments);
    return false;
  }

  static constexpr int kShown = 32;  ///< Characters of a wrong key or value that a message quotes.
  const char* at_;
  char* problem_;
  size_t problem_size_;
  bool seen_[std::size(kSettingSpecs)] = {};
};

}  // namespace

bool apply_overrides(const char* json, Settings& settings, char* problem, size_t problem_size) {
  return Parser(json, problem, problem_size).object(settings);
}

}  // namespace veche::forwarding
