// SPDX-License-Identifier: Apache-2.0
// Tests of static files: types and tags, and that nothing outside the directory is served.
#include "http/connection/static_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace veche::http {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/veche-static-XXXXXX";
    base_ = mkdtemp(name);
    root_ = base_ / "root";
    fs::create_directories(root_ / "sub");
    fs::create_directories(base_ / "root-beside");
    write(root_ / "index.html", "<p>home");
    write(root_ / "sub/a b.js", "1");
    write(root_ / ".hidden", "h");
    write(base_ / "secret.txt", "s");
    write(base_ / "root-beside/secret.txt", "s");
    fs::create_symlink(base_ / "secret.txt", root_ / "link.txt");
    fs::create_symlink("index.html", root_ / "home.html");
    fs::create_directory_symlink(base_, root_ / "up");
    mkfifo((root_ / "pipe").c_str(), 0600);
  }
  void TearDown() override { fs::remove_all(base_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  Response get(const std::string& path, const std::string& if_none_match = "") {
    Request request;
    request.method = "GET";
    request.path = path;
    request.conditions.if_none_match = if_none_match;
    return StaticFiles::create(root_)->get(request);
  }
  static std::string header(const Response& response, const std::string& name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return "";
  }

  fs::path base_, root_;
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypes) {
  EXPECT_EQ(get("/").body, "<p>home");
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(get("/index.html").body, "<p>home");
  EXPECT_EQ(get("/home.html").body, "<p>home") << "a link within the directory";
  EXPECT_EQ(get("/sub/a%20b.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_NE(header(get("/"), "Content-Security-Policy"), "");
  EXPECT_EQ(header(get("/"), "Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, AnswersNotModifiedForAKnownTag) {
  const std::string tag = header(get("/"), "ETag");
  EXPECT_EQ(get("/", tag).status, 304);
  EXPECT_EQ(get("/", tag).body, "");
  write(root_ / "index.html", "<p>new");
  EXPECT_EQ(get("/", tag).status, 200);
}

TEST_F(StaticFilesTest, ServesNothingElse) {
  for (const char* path :
       {"/missing", "/sub/", "/sub", "/../secret.txt", "/%2e%2e/secret.txt",
        "/sub/../../secret.txt", "/..%2fsecret.txt", "/link.txt", "/up/secret.txt", "/.hidden",
        "/sub/%2e%2e/.hidden", "/pipe", "/%00", "/index.html%00.png", "/%ff", "/%zz",
        "/../root-beside/secret.txt", "/index.html/"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, RefusesHugeFiles) {
  write(root_ / "huge.bin", "");
  fs::resize_file(root_ / "huge.bin", 4 * 1024 * 1024 + 1);
  EXPECT_EQ(get("/huge.bin").status, 404);
}

TEST(StaticFiles, NeedsADirectory) {
  EXPECT_FALSE(StaticFiles::create("/nowhere/at/all").ok());
  EXPECT_FALSE(StaticFiles::create("/dev/null").ok());
}

}  // namespace
}  // namespace veche::http
