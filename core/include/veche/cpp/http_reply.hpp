// SPDX-License-Identifier: Apache-2.0
// The answer to one HTTP request.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace veche {

namespace detail {

/// Closes the descriptor unless the server has taken it.
struct ReplyFile {
  explicit ReplyFile(int opened) : fd(opened) {}
  ~ReplyFile() {
    if (fd >= 0) ::close(fd);
  }
  ReplyFile(const ReplyFile&) = delete;
  ReplyFile& operator=(const ReplyFile&) = delete;

  int fd;
  std::string name;
};

}  // namespace detail

struct Reply {
  uint32_t status = 204;
  std::string body;  ///< Of a problem: the sentence that says what is wrong.
  std::string content_type = "application/json";
  std::string problem;  ///< The type of a problem (RFC 9457), lower case with dashes; else "".
  std::shared_ptr<detail::ReplyFile> opened_file;  ///< Shared, because replies are copied.

  static Reply json(std::string body, uint32_t status = 200) {
    return {status, std::move(body), "application/json", "", nullptr};
  }
  static Reply failed(uint32_t status, std::string problem, std::string detail) {
    return {status, std::move(detail), "", std::move(problem), nullptr};
  }
  /// A regular file, whole or the range that the request asks for; see veche_http.reply_file. The
  /// reply owns fd. `name`: under which the client saves the file; "": the client may show it.
  static Reply file(int fd, std::string content_type, std::string name = "") {
    Reply reply{200, "", std::move(content_type), "", std::make_shared<detail::ReplyFile>(fd)};
    reply.opened_file->name = std::move(name);
    return reply;
  }
  /// The answer comes with Host::reply(), within 5 s.
  static Reply later() { return {0, "", "", "", nullptr}; }
};

}  // namespace veche
