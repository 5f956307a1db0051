// SPDX-License-Identifier: Apache-2.0
// Parses and writes the values of the SDP attributes that the profile uses, strictly.
#include "sdp/values.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/characters.hpp"
#include "sdp/text.hpp"

namespace veche::sdp {
namespace {

constexpr std::array<std::string_view, 4> kCandidateTypes = {"host", "srflx", "prflx", "relay"};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

template <size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

size_t digest_size(std::string_view algorithm) {
  if (algorithm == "sha-256") return 32;
  if (algorithm == "sha-384") return 48;
  if (algorithm == "sha-512") return 64;
  return 0;
}

/// Takes the digest's name off the front, in lower case.
std::string take_algorithm(std::string_view& value) {
  std::string algorithm(take_until(value, ' ').substr(0, 16));
  std::transform(algorithm.begin(), algorithm.end(), algorithm.begin(),
                 [](char c) { return static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c); });
  return algorithm;
}

/// The address in its canonical text, if it can be the address of one peer.
std::optional<std::string> unicast_address(std::string_view text) {
  const std::string address(text.substr(0, INET6_ADDRSTRLEN));
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    const uint32_t first_byte = ntohl(v4.s_addr) >> 24;
    if (first_byte == 0 || first_byte >= 224) return std::nullopt;
    return inet_ntop(AF_INET, &v4, canonical.data(), canonical.size());
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return std::nullopt;
  if (IN6_IS_ADDR_UNSPECIFIED(&v6) || IN6_IS_ADDR_MULTICAST(&v6)) return std::nullopt;
  return inet_ntop(AF_INET6, &v6, canonical.data(), canonical.size());
}

}  // namespace

bool has_known_digest(std::string_view value) { return digest_size(take_algorithm(value)) != 0; }

std::optional<Fingerprint> parse_fingerprint(std::string_view value) {
  Fingerprint fingerprint{.algorithm = take_algorithm(value), .value = {}};
  const size_t size = digest_size(fingerprint.algorithm);
  if (size == 0 || value.size() != size * 3 - 1) return std::nullopt;
  for (size_t i = 0; i < size; ++i) {
    uint8_t byte = 0;
    const char* digits = value.data() + i * 3;
    const auto [end, problem] = std::from_chars(digits, digits + 2, byte, 16);
    if (problem != std::errc{} || end != digits + 2) return std::nullopt;
    if (i + 1 < size && *end != ':') return std::nullopt;
    fingerprint.value.push_back(byte);
  }
  return fingerprint;
}

std::string write_fingerprint(const Fingerprint& fingerprint) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = fingerprint.algorithm;
  char separator = ' ';
  for (uint8_t byte : fingerprint.value) {
    text += {separator, kDigits[byte >> 4], kDigits[byte & 15]};
    separator = ':';
  }
  return text;
}

std::optional<HeaderExtension> parse_extmap(std::string_view value) {
  std::string_view entry = take_until(value, ' ');
  const auto id = parse_number(take_until(entry, '/'), 1, 4351);
  HeaderExtension extension;
  extension.both_directions = entry.empty() || entry == "sendrecv";
  extension.uri = take_until(value, ' ');
  extension.attributes = value;
  if (!id || extension.uri.empty()) return std::nullopt;
  extension.id = *id;
  return extension;
}

std::optional<uint32_t> parse_ssrc(std::string_view value) {
  return parse_number(take_until(value, ' '), 1, UINT32_MAX);
}

bool is_ice_string(std::string_view text, size_t shortest, size_t longest) {
  if (text.size() < shortest || text.size() > longest) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '+' || c == '/'; });
}

std::optional<std::string> usable_candidate(std::string_view value) {
  const std::string_view foundation = take_until(value, ' ');
  const std::string_view component = take_until(value, ' ');
  const std::string_view transport = take_until(value, ' ');
  const auto priority = parse_number(take_until(value, ' '), 1, INT32_MAX);
  const auto address = unicast_address(take_until(value, ' '));
  const auto port = parse_number(take_until(value, ' '), 1, UINT16_MAX);
  const std::string_view keyword = take_until(value, ' ');
  const std::string_view type = take_until(value, ' ');
  if (!is_ice_string(foundation, 1, 32) || component != "1") return std::nullopt;
  if (!equal_ignoring_case(transport, "udp") || !priority || !address || !port) return std::nullopt;
  if (keyword != "typ" || !contains(kCandidateTypes, type)) return std::nullopt;
  return std::string(foundation) + " 1 UDP " + std::to_string(*priority) + ' ' + *address + ' ' +
         std::to_string(*port) + " typ " + std::string(type);
}

}  // namespace veche::sdp
