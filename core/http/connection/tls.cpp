// SPDX-License-Identifier: Apache-2.0
// Reads certificate and key, and checks that they fit: GnuTLS would only find out when a client
// connects.
#include "http/connection/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/log.hpp"

namespace veche::http {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

Result<std::string> read(const std::string& file) {
  char* data = nullptr;
  gsize size = 0;
  GError* raw_error = nullptr;
  const bool is_read = g_file_get_contents(file.c_str(), &data, &size, &raw_error);
  const glib::StringPtr owner(data);
  const glib::ErrorPtr error(raw_error);
  if (!is_read) return invalid(error->message);
  return std::string(data, size);
}

BioPtr bio_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A server cannot ask for a pass phrase.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Status check_pair(const TlsFiles& files, const std::string& certificate, const std::string& key) {
  const X509Ptr x509(PEM_read_bio_X509(bio_of(certificate).get(), nullptr, nullptr, nullptr));
  const KeyPtr pkey(PEM_read_bio_PrivateKey(bio_of(key).get(), nullptr, no_pass_phrase, nullptr));
  const bool fit = x509 && pkey && X509_check_private_key(x509.get(), pkey.get()) == 1;
  ERR_clear_error();
  if (!x509) return invalid(files.certificate + " holds no certificate in PEM form");
  if (!pkey) return invalid(files.key + " holds no key in PEM form, or one with a pass phrase");
  if (!fit) return invalid("the key in " + files.key + " is not that of " + files.certificate);
  return Ok{};
}

void warn_if_expired(const TlsFiles& files, GTlsCertificate* certificate) {
  GDateTime* end = g_tls_certificate_get_not_valid_after(certificate);
  GDateTime* now = g_date_time_new_now_utc();
  const bool is_expired = end && g_date_time_compare(end, now) < 0;
  g_date_time_unref(now);
  g_clear_pointer(&end, g_date_time_unref);
  if (is_expired) log::warning("http", "the certificate in " + files.certificate + " has expired");
}

}  // namespace

Result<glib::Ref<GTlsCertificate>> load_certificate(const TlsFiles& files) {
  if (files.certificate.empty()) return glib::Ref<GTlsCertificate>();
  Result<std::string> certificate = read(files.certificate);
  if (!certificate) return certificate.error();
  Result<std::string> key = read(files.key);
  if (!key) return key.error();
  if (Status fit = check_pair(files, *certificate, *key); !fit) return fit.error();
  const std::string both = *certificate + "\n" + *key;
  GError* raw_error = nullptr;
  glib::Ref<GTlsCertificate> made = glib::adopt(
      g_tls_certificate_new_from_pem(both.data(), static_cast<gssize>(both.size()), &raw_error));
  const glib::ErrorPtr error(raw_error);
  if (!made) return invalid(files.certificate + " cannot be used: " + error->message);
  warn_if_expired(files, made.get());
  return made;
}

}  // namespace veche::http
