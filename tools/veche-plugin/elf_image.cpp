// SPDX-License-Identifier: Apache-2.0
// Simulates the relocations that fill pointers (System V ABI and its supplements for x86-64 and
// AArch64).
#include "elf_image.hpp"

#include <elf.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "plugin/elf_exports.hpp"

namespace veche::tool {
namespace {

/// `count` structs at a file offset; empty if they do not all lie within the file.
template <class T>
std::vector<T> read_array(const std::vector<char>& bytes, uint64_t offset, uint64_t count) {
  if (count > bytes.size() / sizeof(T) || offset > bytes.size() ||
      count * sizeof(T) > bytes.size() - offset)
    return {};
  std::vector<T> values(count);
  if (count > 0) memcpy(values.data(), bytes.data() + offset, count * sizeof(T));
  return values;
}

bool is_relative(uint32_t machine, uint32_t type) {
  return (machine == EM_X86_64 && type == R_X86_64_RELATIVE) ||
         (machine == EM_AARCH64 && type == R_AARCH64_RELATIVE);
}

bool is_absolute(uint32_t machine, uint32_t type) {
  return (machine == EM_X86_64 && type == R_X86_64_64) ||
         (machine == EM_AARCH64 && type == R_AARCH64_ABS64);
}

}  // namespace

Result<ElfImage> ElfImage::read(const std::string& path) {
  // This also checks that it is a library of this kind of machine.
  if (auto exports = plugin::read_elf_exports(path); !exports) return exports.error();
  ElfImage image;
  std::ifstream file(path, std::ios::binary);
  image.bytes_.assign(std::istreambuf_iterator<char>(file), {});
  if (!image.read_segments() || !image.read_symbols()) return invalid("cut short or damaged");
  image.read_dynamic();
  return image;
}

const char* ElfImage::at(uint64_t address, uint64_t size) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address) continue;
    const uint64_t within = address - segment.address;
    if (within <= segment.size && size <= segment.size - within)
      return bytes_.data() + segment.offset + within;
  }
  return nullptr;
}

bool ElfImage::read_segments() {
  const auto headers = read_array<Elf64_Ehdr>(bytes_, 0, 1);
  if (headers.empty()) return false;
  for (const auto& segment :
       read_array<Elf64_Phdr>(bytes_, headers[0].e_phoff, headers[0].e_phnum)) {
    if (segment.p_type == PT_DYNAMIC) {
      dynamic_ = segment.p_vaddr;
      dynamic_size_ = segment.p_filesz;
    }
    if (segment.p_type != PT_LOAD) continue;
    if (segment.p_offset > bytes_.size() || segment.p_filesz > bytes_.size() - segment.p_offset)
      return false;
    segments_.push_back({segment.p_vaddr, segment.p_offset, segment.p_filesz});
  }
  return true;
}

bool ElfImage::read_symbols() {
  const auto header = read_array<Elf64_Ehdr>(bytes_, 0, 1).at(0);
  const auto sections = read_array<Elf64_Shdr>(bytes_, header.e_shoff, header.e_shnum);
  for (const auto& section : sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= sections.size()) return false;
    const Elf64_Shdr& strings = sections[section.sh_link];
    const auto text = read_array<char>(bytes_, strings.sh_offset, strings.sh_size);
    for (const auto& symbol :
         read_array<Elf64_Sym>(bytes_, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
      if (symbol.st_name >= text.size()) return false;
      const char* name = text.data() + symbol.st_name;
      symbols_.push_back({std::string(name, strnlen(name, text.size() - symbol.st_name)),
                          symbol.st_value, symbol.st_shndx != SHN_UNDEF});
    }
  }
  return true;
}

void ElfImage::read_dynamic() {
  std::map<int64_t, uint64_t> values;
  std::vector<uint64_t> needed;
  for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic_size_; at += sizeof(Elf64_Dyn)) {
    const auto entry = value<Elf64_Dyn>(dynamic_ + at);
    if (!entry || entry->d_tag == DT_NULL) break;
    if (entry->d_tag == DT_NEEDED) needed.push_back(entry->d_un.d_val);
    values[entry->d_tag] = entry->d_un.d_val;
  }
  for (const uint64_t name : needed) {
    libraries_.push_back(text(values[DT_STRTAB] + name).value_or("?"));
  }
  relocate(values[DT_RELA], values[DT_RELASZ]);
}

/// Packed relative relocations (DT_RELR) need no work: the file has their values in place.
void ElfImage::relocate(uint64_t table, uint64_t size) {
  const uint16_t machine = read_array<Elf64_Ehdr>(bytes_, 0, 1).at(0).e_machine;
  for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= size; at += sizeof(Elf64_Rela)) {
    const auto entry = value<Elf64_Rela>(table + at);
    if (!entry) return;
    const auto type = static_cast<uint32_t>(ELF64_R_TYPE(entry->r_info));
    const uint64_t symbol = ELF64_R_SYM(entry->r_info);
    const auto addend = static_cast<uint64_t>(entry->r_addend);
    if (is_relative(machine, type)) {
      pointers_[entry->r_offset] = addend;
    } else if (is_absolute(machine, type) && symbol < symbols_.size()) {
      const Symbol& target = symbols_[symbol];
      pointers_[entry->r_offset] = target.defined ? target.address + addend : 0;
    }
  }
}

std::optional<uint64_t> ElfImage::find(const std::string& symbol) const {
  for (const Symbol& known : symbols_) {
    if (known.defined && known.name == symbol) return known.address;
  }
  return {};
}

std::optional<uint64_t> ElfImage::pointer(uint64_t address) const {
  const auto relocated = pointers_.find(address);
  return relocated != pointers_.end() ? relocated->second : value<uint64_t>(address);
}

std::optional<std::string> ElfImage::text(uint64_t address) const {
  std::string text;
  for (const char* c = at(address, 1); c; c = at(++address, 1)) {
    if (*c == 0) return text;
    text += *c;
  }
  return {};
}

}  // namespace veche::tool
