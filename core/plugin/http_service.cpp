// SPDX-License-Identifier: Apache-2.0
// Checks and copies the answers of a plugin.
#include "plugin/http_service.hpp"

#include <fcntl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/characters.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/services.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxTypeLength = 128;
constexpr size_t kMaxFileNameLength = 128;
constexpr uint64_t kMaxBodyBytes = uint64_t{16} * 1024 * 1024;

bool is_success(uint32_t status) { return status >= 200 && status <= 299; }
bool is_failure(uint32_t status) { return status >= 400 && status <= 599; }

/// Visible ASCII and spaces: no character that could end the header.
bool is_content_type(std::string_view type) {
  return type.size() <= kMaxTypeLength && type.find('/') != std::string_view::npos &&
         std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_problem_type(std::string_view type) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
  return !type.empty() && type.size() <= kMaxTypeLength &&
         std::all_of(type.begin(), type.end(), allowed);
}

/// A name that needs no quoting in a header, and is valid in every file system.
bool is_file_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_alnum(c) || std::string_view("_.~-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kMaxFileNameLength && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// False for pipes and devices, which could block for ever.
bool is_readable_file(int fd, struct stat& info) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY &&
         ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

veche_status reply(const veche_host* host, uint64_t request, uint32_t status,
                   const char* content_type, const char* body, uint64_t size) {
  Services* services = Services::of(host);
  const std::string_view type = content_type ? content_type : "application/json";
  if (!services || !(is_success(status) || is_failure(status)) || !is_content_type(type) ||
      size > kMaxBodyBytes || (size > 0 && !body)) {
    return VECHE_E_INVALID;
  }
  // RFC 9110, sections 15.3.5 and 15.3.6: these statuses have no content.
  const bool is_bare = status == 204 || status == 205;
  if (is_bare && size > 0) return VECHE_E_INVALID;
  return services->requests().answer(request, {status, is_bare ? "" : std::string(type),
                                               size > 0 ? std::string(body, size) : "", ""});
}

veche_status reply_problem(const veche_host* host, uint64_t request, uint32_t status,
                           const char* type, const char* detail) {
  Services* services = Services::of(host);
  if (!services || !is_failure(status) || !type || !is_problem_type(type) || !detail) {
    return VECHE_E_INVALID;
  }
  return services->requests().answer(request, problem_answer(status, type, plugin_text(detail)));
}

veche_status reply_file(const veche_host* host, uint64_t request, int32_t fd,
                        const char* content_type, const char* file_name) {
  Services* services = Services::of(host);
  const std::string_view type = content_type ? content_type : "application/octet-stream";
  HttpFile file;
  if (!services || !is_content_type(type) || (file_name && !is_file_name(file_name)) ||
      !is_readable_file(fd, file.info)) {
    return VECHE_E_INVALID;
  }
  if (file_name) file.name = file_name;
  const auto descriptor = std::make_shared<Descriptor>(fd);
  file.descriptor = descriptor;
  const veche_status status =
      services->requests().answer(request, {200, std::string(type), "", "", std::move(file)});
  if (status != VECHE_OK) descriptor->release();
  return status;
}

constexpr veche_http kHttp = {.struct_size = sizeof(veche_http),
                              .reserved = 0,
                              .reply = reply,
                              .reply_problem = reply_problem,
                              .reply_file = reply_file};

}  // namespace

const veche_http* http_service() { return &kHttp; }

}  // namespace veche::plugin
