// SPDX-License-Identifier: Apache-2.0
// Finding, checking and reading a file below the root.
#include "http/connection/static_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/descriptor.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr off_t kMaxBytes = off_t{4} * 1024 * 1024;

constexpr std::pair<const char*, const char*> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".wav", "audio/wav"},
    {".ogg", "audio/ogg"},
};

/// Scripts, styles and connections come from where the page came from. Sounds are streams, which
/// have no source.
constexpr char kContentSecurityPolicy[] =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
    "media-src 'self' blob: mediastream:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Empty if it does not exist.
std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) ? resolved : "";
}

const char* type_of(const std::string& path) {
  const size_t dot = path.rfind('.');
  const std::string extension = dot == std::string::npos ? "" : path.substr(dot);
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "application/octet-stream";
}

Result<std::string> read_all(int file, off_t size) {
  std::string content(static_cast<size_t>(size), '\0');
  size_t have = 0;
  while (have < content.size()) {
    const ssize_t count = ::read(file, content.data() + have, content.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return internal(std::string("cannot read a static file: ") + std::strerror(errno));
    if (count == 0) break;
    have += static_cast<size_t>(count);
  }
  content.resize(have);
  return content;
}

}  // namespace

Result<StaticFiles> StaticFiles::create(const std::string& directory) {
  StaticFiles files;
  if (directory.empty()) return files;
  files.root_ = real_path(directory);
  struct stat info {};
  if (files.root_.empty() || ::stat(files.root_.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return invalid("http.static_dir: there is no directory " + directory);
  }
  return files;
}

Response StaticFiles::get(const Request& request) const {
  Response missing = problem(404, "There is no such page.");
  const glib::StringPtr decoded(g_uri_unescape_string(request.path.c_str(), nullptr));
  // Hidden files, and with them "..", do not exist.
  if (root_.empty() || !decoded || std::strstr(decoded.get(), "/.")) return missing;

  std::string path = real_path(root_ + decoded.get());
  struct stat info {};
  if (!path.empty() && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    path = real_path(path + "/index.html");
  }
  // Symbolic links are resolved by now, so a target outside the root shows.
  if (path.compare(0, root_.size() + 1, root_ + "/") != 0) return missing;

  // Opening a FIFO or a device must not block.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return missing;
  if (info.st_size > kMaxBytes) return missing;
  Result<std::string> content = read_all(file.get(), info.st_size);
  if (!content) return problem(content.error());

  const EntityTag tag(0, 0, *content);
  Response response = conditional_response(request, tag, std::move(*content));
  if (response.status == 200) response.content_type = type_of(path);
  response.header("Cache-Control", "no-cache");
  response.header("Content-Security-Policy", kContentSecurityPolicy);
  response.header("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace veche::http
