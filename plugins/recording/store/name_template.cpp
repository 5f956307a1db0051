// SPDX-License-Identifier: Apache-2.0
// Checks a template once, with the longest values, so that expanding it cannot fail.
#include "recording/store/name_template.hpp"

#include <time.h>

#include <array>
#include <cstdio>

#include "recording/file/manifest_json.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

namespace {

constexpr size_t kMaxParts = 4;

struct Field {
  std::string_view name;
  std::string value;
};
using Fields = std::array<Field, 7>;

std::string digits(int value, int width) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*d", width, value);
  return text;
}

Fields fields_of(std::string_view room, std::string_view id, int64_t unix_ms) {
  const time_t seconds = static_cast<time_t>(unix_ms / 1000);
  tm utc{};
  gmtime_r(&seconds, &utc);
  const std::string year = digits(utc.tm_year + 1900, 4);
  const std::string month = digits(utc.tm_mon + 1, 2), day = digits(utc.tm_mday, 2);
  const std::string time =
      digits(utc.tm_hour, 2) + "-" + digits(utc.tm_min, 2) + "-" + digits(utc.tm_sec, 2);
  return {{{"room", std::string(room)},
           {"id", std::string(id)},
           {"date", year + "-" + month + "-" + day},
           {"time", time},
           {"year", year},
           {"month", month},
           {"day", day}}};
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Failure(VECHE_E_INVALID, "the name template \"" + text + "\" " + why);
}

const std::string& value_of(const Fields& fields, std::string_view name, const std::string& text) {
  for (const Field& field : fields) {
    if (field.name == name) return field.value;
  }
  refuse(text, "has the unknown field {" + std::string(name) +
                   "}; {room} {id} {date} {time} {year} {month} {day} exist");
}

std::string replace(const std::string& text, const Fields& fields) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{') {
      out += text[at];
      continue;
    }
    const size_t end = text.find('}', at);
    if (end == std::string::npos) refuse(text, "has a { without its }");
    const std::string& value = value_of(fields, text.substr(at + 1, end - at - 1), text);
    out += value;
    // Rooms may be called ".hidden", folders may not.
    if (value[0] == '.' &&
        (out.size() == value.size() || out[out.size() - value.size() - 1] == '/'))
      out[out.size() - value.size()] = '~';
    at = end;
  }
  return out;
}

}  // namespace

std::vector<std::string> safe_parts(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (!is_file_name(part) || parts.size() == kMaxParts) return {};
    parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

NameTemplate::NameTemplate(const std::string& text) : text_(text) {
  if (text.find("{id}") == std::string::npos) {
    refuse(text, "lacks {id}, without which two recordings would share a folder");
  }
  const std::string longest(64, 'x');
  if (safe_parts(replace(text, fields_of(longest, longest, 0))).empty()) {
    refuse(text,
           "is no path of 1 to 4 names, each of at most 200 of the characters A-Z a-z 0-9 _ . ~ - "
           "and without a dot at its start");
  }
}

std::string NameTemplate::expand(std::string_view room, std::string_view id,
                                 int64_t unix_ms) const {
  return replace(text_, fields_of(room, id, unix_ms));
}

}  // namespace veche::recording
