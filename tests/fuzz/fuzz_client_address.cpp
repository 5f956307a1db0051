// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whatever a header says, the client's address is an IP address in its usual form, and
// a stranger's header changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/protocol/client_address.hpp"

namespace {

using veche::http::ForwardedField;
using veche::http::Proxies;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(ForwardedField field, std::string_view value) {
  static const std::string proxy = "10.1.2.3", stranger = "203.0.113.9";
  const Proxies proxies = Proxies::create({"10.0.0.0/8", "fd00::/8"}, field).value();
  require(proxies.client_of(stranger, value) == stranger);
  const std::string client = proxies.client_of(proxy, value);
  require(!client.empty() && client == veche::http::canonical_address(client));
  require(!veche::http::subscriber_of(client).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  check(ForwardedField::XForwardedFor, value);
  check(ForwardedField::Forwarded, value);
  return 0;
}
