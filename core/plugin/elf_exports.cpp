// SPDX-License-Identifier: Apache-2.0
// Walks header, segments, sections and dynamic symbols of an ELF file of this machine's class
// (System V ABI, chapter 4).
#include "plugin/elf_exports.hpp"

#include <elf.h>
#include <link.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

namespace veche::plugin {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

class ElfFile {
 public:
  explicit ElfFile(const std::string& path) : stream_(path, std::ios::binary | std::ios::ate) {
    if (stream_) size_ = static_cast<uint64_t>(stream_.tellg());
  }
  bool is_open() const { return stream_.is_open(); }
  bool contains(uint64_t offset, uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }

  /// Nothing if they do not all lie within the file, so that no more is allocated than the file
  /// has.
  template <class T>
  std::optional<std::vector<T>> read(uint64_t offset, uint64_t count) {
    if (count > size_ / sizeof(T) || !contains(offset, count * sizeof(T))) return {};
    std::vector<T> values(count);
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(reinterpret_cast<char*>(values.data()),
                 static_cast<std::streamsize>(count * sizeof(T)));
    if (!stream_) return {};
    return values;
  }

 private:
  std::ifstream stream_;
  uint64_t size_ = 0;
};

struct Machine {
  uint16_t number;
  const char* name;
};
constexpr Machine kMachines[] = {{EM_X86_64, "x86-64"}, {EM_AARCH64, "AArch64"},
                                 {EM_386, "x86"},       {EM_ARM, "ARM"},
                                 {EM_RISCV, "RISC-V"},  {EM_PPC64, "POWER"},
                                 {EM_S390, "S/390"},    {EM_LOONGARCH, "LoongArch"}};

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr uint16_t kMachine = EM_RISCV;
#elif defined(__arm__)
constexpr uint16_t kMachine = EM_ARM;
#elif defined(__i386__)
constexpr uint16_t kMachine = EM_386;
#else
constexpr uint16_t kMachine = EM_NONE;  // Not known here: the dynamic linker checks it.
#endif

std::string name_of(uint16_t number) {
  for (const Machine& machine : kMachines) {
    if (machine.number == number) return machine.name;
  }
  return "machine " + std::to_string(number);
}

const char kCutShort[] = "cut short or damaged: it refers to what lies beyond its end";

Result<Header> read_header(ElfFile& file) {
  const auto magic = file.read<char>(0, SELFMAG);
  if (!magic || memcmp(magic->data(), ELFMAG, SELFMAG) != 0) return invalid("not an ELF file");
  const auto headers = file.read<Header>(0, 1);
  if (!headers) return invalid(kCutShort);
  const Header& header = headers->front();
  constexpr bool kLittle = std::endian::native == std::endian::little;
  if (header.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32) ||
      header.e_ident[EI_DATA] != (kLittle ? ELFDATA2LSB : ELFDATA2MSB)) {
    return invalid("built for another kind of machine");
  }
  if (kMachine != EM_NONE && header.e_machine != kMachine) {
    return invalid("built for another kind of machine: for " + name_of(header.e_machine) +
                   ", and this server runs on " + name_of(kMachine));
  }
  if (header.e_type != ET_DYN) return invalid("an ELF file, but not a shared library");
  if (header.e_phentsize != sizeof(Segment) || header.e_shentsize != sizeof(Section)) {
    return invalid("damaged: its tables have entries of an unknown size");
  }
  return header;
}

Status check_segments(ElfFile& file, const Header& header) {
  const auto segments = file.read<Segment>(header.e_phoff, header.e_phnum);
  if (!segments) return invalid(kCutShort);
  for (const Segment& segment : *segments) {
    if (segment.p_type != PT_LOAD) continue;
    if (!file.contains(segment.p_offset, segment.p_filesz)) return invalid(kCutShort);
  }
  return Ok{};
}

Result<std::vector<std::string>> read_names(ElfFile& file, const Header& header) {
  const auto sections = file.read<Section>(header.e_shoff, header.e_shnum);
  if (!sections) return invalid(kCutShort);
  std::vector<std::string> names;
  for (const Section& table : *sections) {
    if (table.sh_type != SHT_DYNSYM) continue;
    if (table.sh_link >= sections->size()) return invalid(kCutShort);
    const Section& strings = (*sections)[table.sh_link];
    const auto symbols = file.read<Symbol>(table.sh_offset, table.sh_size / sizeof(Symbol));
    const auto text = file.read<char>(strings.sh_offset, strings.sh_size);
    if (!symbols || !text) return invalid(kCutShort);
    for (const Symbol& symbol : *symbols) {
      const auto binding = ELF64_ST_BIND(symbol.st_info);  // The same bits in both classes.
      if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
      if (symbol.st_name >= text->size()) return invalid(kCutShort);
      const char* name = text->data() + symbol.st_name;
      names.emplace_back(name, strnlen(name, text->size() - symbol.st_name));
    }
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> read_elf_exports(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return not_found("no such file");
  // Reading a pipe or a device might never end.
  if (!std::filesystem::is_regular_file(path, error)) return invalid("not a regular file");
  ElfFile file(path);
  if (!file.is_open()) return invalid("cannot be opened for reading");
  auto header = read_header(file);
  if (!header) return header.error();
  if (auto segments = check_segments(file, *header); !segments) return segments.error();
  return read_names(file, *header);
}

}  // namespace veche::plugin
