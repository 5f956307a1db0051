// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA256 and base64 of what a receiver checks.
#include "events/webhooks/signature.hpp"

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "glib/ref.hpp"

namespace veche::events {
namespace {

constexpr std::string_view kPrefix = "whsec_";
Error not_a_secret(const std::string& problem) {
  return invalid("this secret " + problem +
                 "; allowed: \"whsec_\" and 24 to 64 random bytes in base64, as `echo "
                 "whsec_$(openssl rand -base64 32)` makes them");
}

std::string base64(std::string_view bytes) {
  const glib::StringPtr text(
      g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()));
  return text.get();
}

std::string hmac_sha256(const std::string& key, const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), code.data(), &size);
  return {reinterpret_cast<const char*>(code.data()), size};
}

}  // namespace

Result<std::string> key_of_secret(std::string_view secret) {
  if (secret.substr(0, kPrefix.size()) != kPrefix) {
    return not_a_secret("does not begin with \"whsec_\"");
  }
  const std::string text(secret.substr(kPrefix.size()));
  gsize size = 0;
  const glib::StringPtr key(reinterpret_cast<char*>(g_base64_decode(text.c_str(), &size)));
  // GLib skips what is no base64, and receivers may not.
  if (base64({key.get(), size}) != text) return not_a_secret("is not base64");
  if (size < kMinSecretBytes || size > kMaxSecretBytes) {
    return not_a_secret("has " + std::to_string(size) + " bytes");
  }
  return std::string(key.get(), size);
}

std::string signatures(const std::vector<std::string>& keys, std::string_view id,
                       int64_t timestamp_s, std::string_view body) {
  std::string content(id);
  content.append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  std::string value;
  for (const std::string& key : keys) {
    value.append(value.empty() ? "v1," : " v1,").append(base64(hmac_sha256(key, content)));
  }
  return value;
}

std::string delivery_id(const Event& event, const std::string& webhook) {
  // Names have no line break.
  const std::string content = webhook + '\n' + event.room + '\n' + event.incarnation + '\n' +
                              event.type + '\n' + std::to_string(event.seq) + '\n' +
                              std::to_string(event.time_unix_ms);
  constexpr size_t kDigits = 24;
  const glib::StringPtr digest(g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(content.data()), content.size()));
  return "evt_" + std::to_string(event.id) + "_" + std::string(digest.get(), kDigits);
}

}  // namespace veche::events
