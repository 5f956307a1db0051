// SPDX-License-Identifier: Apache-2.0
// libcurl's options for a receiver that is not trusted.
#include "events/webhooks/transfer.hpp"

#include <sys/socket.h>

#include <string_view>

namespace veche::events {
namespace {

std::string reason_of(long status, std::string_view error) {
  if (status >= 300 && status < 400) {
    return "it answered " + std::to_string(status) + ", and redirects are not followed";
  }
  if (status >= 200) return "it answered " + std::to_string(status);
  return std::string(error);
}

}  // namespace

Transfer::Transfer(uint64_t number, Attempt attempt, const AddressRules& rules,
                   const std::string& ca_file)
    : number_(number), attempt_(std::move(attempt)), rules_(rules), easy_(curl_easy_init()) {
  // "Expect:" keeps libcurl from asking first whether a large body is welcome.
  for (const char* header : {"Content-Type: application/json", "Expect:"}) {
    headers_.reset(curl_slist_append(headers_.release(), header));
  }
  for (const std::string& header : attempt_.headers) {
    headers_.reset(curl_slist_append(headers_.release(), header.c_str()));
  }
  set_options(ca_file);
}

void Transfer::set_options(const std::string& ca_file) {
  CURL* easy = easy_.get();
  const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_URL, attempt_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https,http");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, attempt_.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(attempt_.body.size()));
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, "Veche/" VECHE_VERSION);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(Courier::kPatienceMs));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // An empty name switches off the proxies of the environment too: the address rules are about
  // receivers.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  // Without it libcurl waits, at the end of a transfer, for a DNS server that does not answer, and
  // all other receivers with it. The thread that asks ends by itself.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  set(CURLOPT_WRITEDATA, this);
}

Transfer& Transfer::of(CURL* easy) {
  Transfer* self = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
  return *self;
}

curl_socket_t Transfer::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(self);
  constexpr std::string_view kEncrypted = "https:";
  const bool is_encrypted =
      std::string_view(transfer->attempt_.url).substr(0, kEncrypted.size()) == kEncrypted;
  std::string refusal = refusal_of(address->addr, is_encrypted, transfer->rules_);
  if (!refusal.empty()) {
    transfer->refusal_ = std::move(refusal);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t Transfer::take_body(char*, size_t size, size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->received_bytes_ += size * count;
  // Anything but the count ends the transfer.
  return transfer->received_bytes_ > Courier::kMaxAnswerBytes ? 0 : size * count;
}

Outcome Transfer::outcome(CURLcode code) const {
  // The status counts, however the body ends.
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  constexpr long kFirstFinal = 200;
  if (status < kFirstFinal) status = 0;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
  Outcome outcome{.status = static_cast<int>(status), .retry_after_s = retry_after_s};
  if (outcome.is_delivered()) return outcome;
  const std::string error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  outcome.reason = reason_of(status, status == 0 && !refusal_.empty() ? refusal_ : error);
  return outcome;
}

}  // namespace veche::events
