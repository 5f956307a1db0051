// SPDX-License-Identifier: Apache-2.0
// Whose request it is, where proxies stand between the client and the server. Pure.
#pragma once

#include <gio/gio.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::http {

/// The header in which the operator's proxies tell where a request comes from. Only one counts: a
/// proxy that writes the one hands the other on as the client has made it up.
enum class ForwardedField { XForwardedFor = 1, Forwarded };

/// The proxies whose word counts.
class Proxies {
 public:
  Proxies() = default;
  /// InvalidArgument for what is neither an IP address nor a prefix ("10.0.0.0/8").
  static Result<Proxies> create(const std::vector<std::string>& addresses, ForwardedField field);

  const char* field() const;
  bool trusts(const std::string& address) const;
  /// `peer`: where the connection comes from. `value`: of the header field, all of its lines. The
  /// last address of a chain that begins at the server and leads through trusted proxies only.
  std::string client_of(const std::string& peer, std::string_view value) const;

 private:
  std::vector<glib::Ref<GInetAddressMask>> masks_;
  ForwardedField field_ = ForwardedField::XForwardedFor;
};

/// An IP address in its usual form, an IPv4-mapped one (RFC 4291, section 2.5.5.2) as IPv4; "" for
/// anything else.
std::string canonical_address(const std::string& text);

/// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address, since any
/// host can take as many of the rest as it likes.
std::string subscriber_of(const std::string& address);

}  // namespace veche::http
