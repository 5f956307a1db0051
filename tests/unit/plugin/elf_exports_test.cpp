// SPDX-License-Identifier: Apache-2.0
// The ELF reader on real libraries, whole, truncated and damaged.
#include "plugin/elf_exports.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <link.h>
#include <sys/stat.h>

#include <cstring>
#include <iterator>

#include "../repetitions.hpp"
#include "temporary_dir.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string sample(const std::string& name) {
  const char* dir = getenv("VECHE_TEST_DIR");
  return std::string(dir ? dir : ".") + "/elf-sample-" + name + ".so";
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string reason(const std::string& path) {
  const auto exports = read_elf_exports(path);
  return exports.ok() ? "accepted" : exports.error().message;
}

/// The first segment that is loaded ends behind the end of the file. Linkers differ in what they
/// put in front of it.
std::string with_segment_beyond_end(std::string library) {
  ElfW(Ehdr) header;
  memcpy(&header, library.data(), sizeof header);
  for (size_t i = 0; i < header.e_phnum; ++i) {
    char* const at = library.data() + header.e_phoff + i * header.e_phentsize;
    ElfW(Phdr) segment;
    memcpy(&segment, at, sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    segment.p_filesz = library.size() + 1;
    memcpy(at, &segment, sizeof segment);
    return library;
  }
  ADD_FAILURE() << "no segment is loaded";
  return library;
}

TEST(ElfExports, ListsExportedSymbolsOnly) {
  const auto exports = read_elf_exports(sample("plain"));
  ASSERT_TRUE(exports.ok()) << exports.error().message;
  EXPECT_THAT(*exports, ElementsAre("print_number"));
}

TEST(ElfExports, NeedsNoSymbolTableBesideTheDynamicOne) {
  const auto exports = read_elf_exports(sample("stripped"));
  ASSERT_TRUE(exports.ok()) << exports.error().message;
  EXPECT_THAT(*exports, ElementsAre("print_number"));
}

TEST(ElfExports, RefusesWhatIsNoLibraryOfThisMachine) {
  const TemporaryDir dir;
  std::string other_class = read_all(sample("plain"));
  other_class[EI_CLASS] = sizeof(void*) == 8 ? ELFCLASS32 : ELFCLASS64;
  std::string other_machine = read_all(sample("plain"));
  ElfW(Half) machine;
  memcpy(&machine, &other_machine[offsetof(ElfW(Ehdr), e_machine)], sizeof machine);
  machine = machine == EM_AARCH64 ? EM_RISCV : EM_AARCH64;
  memcpy(&other_machine[offsetof(ElfW(Ehdr), e_machine)], &machine, sizeof machine);
  std::string other_type = read_all(sample("plain"));
  other_type[offsetof(ElfW(Ehdr), e_type)] = ET_REL;
  const std::string long_segment = with_segment_beyond_end(read_all(sample("plain")));
  ASSERT_EQ(mkfifo(dir.file("pipe").c_str(), 0600), 0);
  const struct {
    std::string path, expected;
  } cases[] = {
      {dir.file("missing"), "no such file"},
      {dir.path(), "not a regular file"},
      {dir.file("pipe"), "not a regular file"},
      {dir.write("empty", ""), "not an ELF file"},
      {dir.write("text", "#!/bin/sh\nexit 0\n"), "not an ELF file"},
      {dir.write("magic",
                 "\x7f"
                 "ELF"),
       "cut short"},
      {dir.write("class", other_class), "another kind of machine"},
      {dir.write("machine", other_machine), machine == EM_RISCV
                                                ? "for RISC-V, and this server runs on"
                                                : "for AArch64, and this server"},
      {dir.write("type", other_type), "not a shared library"},
      {dir.write("segment", long_segment), "cut short"},
  };
  for (const auto& [path, expected] : cases) EXPECT_THAT(reason(path), HasSubstr(expected)) << path;
}

/// Under a sanitizer some of the bytes.
constexpr size_t kStep = 50 / test::repetitions(50);

TEST(ElfExports, RefusesALibraryCutShortAtAnyLength) {
  const TemporaryDir dir;
  const std::string path = dir.write("cut.so", read_all(sample("plain")));
  for (size_t size = std::filesystem::file_size(path) - 1; size > 0;
       size -= std::min(size, kStep)) {
    std::filesystem::resize_file(path, size);
    ASSERT_NE(reason(path), "accepted") << size << " bytes";
  }
}

/// For any damage: an answer, no crash, and no read outside the file (AddressSanitizer checks that
/// part).
TEST(ElfExports, SurvivesAnyDamagedByteOfItsTables) {
  const TemporaryDir dir;
  const std::string whole = read_all(sample("plain"));
  ElfW(Ehdr) header;
  memcpy(&header, whole.data(), sizeof header);
  const size_t sections_end = header.e_shoff + header.e_shnum * sizeof(ElfW(Shdr));
  ASSERT_LE(sections_end, whole.size());
  const struct {
    size_t begin, end;
  } ranges[] = {{0, header.e_phoff + header.e_phnum * sizeof(ElfW(Phdr))},
                {header.e_shoff, sections_end}};
  const std::string path = dir.write("damaged.so", whole);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](size_t at, char byte) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte).flush();
  };
  uint32_t refused = 0;
  for (const auto& [begin, end] : ranges) {
    for (size_t at = begin; at < end; at += kStep) {
      for (const char damage : {'\x00', '\x7f', '\xff'}) {
        put(at, damage);
        if (!read_elf_exports(path).ok()) ++refused;
      }
      put(at, whole[at]);
    }
  }
  EXPECT_GT(refused, 100u / kStep);
  EXPECT_EQ(reason(path), "accepted");
}

}  // namespace
}  // namespace veche::plugin
