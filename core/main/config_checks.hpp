// SPDX-License-Identifier: Apache-2.0
// The rules for single values of the configuration that a schema cannot say.
#pragma once

#include <string>
#include <vector>

namespace veche::main {

bool is_loopback(const std::string& ip_address);
/// All of them.
bool are_loopback(const std::vector<std::string>& endpoints);
/// Whether two sockets cannot listen on both: same port and family, and the same address or one of
/// them every address. False where one is no endpoint, or its port is 0.
bool collide(const std::string& endpoint, const std::string& other);
/// Can clients send to this IP address? Not to a wildcard, a group or the broadcast address.
bool is_reachable_address(const std::string& ip_address);
/// "0.0.0.0" or "::", in whatever form.
bool is_wildcard(const std::string& ip_address);
/// Two forms of one address, or a wildcard and an address that it covers.
bool are_same_address(const std::string& ip_address, const std::string& other);
/// The public key of examples/config/dev.json.
bool is_dev_key(const std::string& id, const std::string& secret);
/// The public secret of its signing key.
bool is_dev_signing_secret(const std::string& secret);
/// "*", or scheme, host and perhaps port, as browsers send it (RFC 6454, section 7).
bool is_origin(const std::string& text);
/// A stun, stuns, turn or turns URI (RFC 7064, RFC 7065).
bool is_ice_url(const std::string& text);
/// Key ids stand before a dot in "<id>.<secret>", so they have none themselves.
bool is_key_id(const std::string& text);
/// What fits an HTTP header: visible ASCII.
bool is_secret(const std::string& text);

}  // namespace veche::main
