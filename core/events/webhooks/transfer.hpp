// SPDX-License-Identifier: Apache-2.0
// One attempt as a transfer of libcurl: its options, and what its end means.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "events/webhooks/courier.hpp"

namespace veche::events {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct HeadersDeleter {
  void operator()(curl_slist* headers) const { curl_slist_free_all(headers); }
};

/// [webhooks thread] all of it. libcurl has its address until it is destroyed.
class Transfer {
 public:
  Transfer(uint64_t number, Attempt attempt, const AddressRules& rules, const std::string& ca_file);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  uint64_t number() const { return number_; }
  CURL* easy() const { return easy_.get(); }
  static Transfer& of(CURL* easy);
  /// After its end with `code`.
  Outcome outcome(CURLcode code) const;

 private:
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static size_t take_body(char* bytes, size_t size, size_t count, void* self);
  void set_options(const std::string& ca_file);

  const uint64_t number_;
  const Attempt attempt_;  ///< libcurl reads the body from here.
  const AddressRules rules_;
  size_t received_bytes_ = 0;
  std::string refusal_;  ///< Of the last address that was refused.
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<curl_slist, HeadersDeleter> headers_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
};

}  // namespace veche::events
