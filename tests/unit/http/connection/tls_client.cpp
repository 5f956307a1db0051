// SPDX-License-Identifier: Apache-2.0
// OpenSSL on memory, between the raw client and the test.
#include "tls_client.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace veche::http {
namespace {

using FilePtr = std::unique_ptr<FILE, int (*)(FILE*)>;

FilePtr open(const std::string& file, const char* mode) {
  return {std::fopen(file.c_str(), mode), std::fclose};
}

}  // namespace

Certificates::Certificates() : directory_(testing::TempDir() + "veche-tls-XXXXXX") {
  EXPECT_NE(mkdtemp(directory_.data()), nullptr);
}

Certificates::~Certificates() { std::filesystem::remove_all(directory_); }

TlsFiles Certificates::make(const std::string& name, long lasts_s) const {
  TlsFiles files{directory_ + "/" + name + ".pem", directory_ + "/" + name + ".key"};
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
  X509_gmtime_adj(X509_getm_notAfter(x509), lasts_s);
  X509_set_pubkey(x509, key);
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  EXPECT_GT(X509_sign(x509, key, EVP_sha256()), 0);
  EXPECT_EQ(PEM_write_X509(open(files.certificate, "w").get(), x509), 1);
  EXPECT_EQ(
      PEM_write_PrivateKey(open(files.key, "w").get(), key, nullptr, nullptr, 0, nullptr, nullptr),
      1);
  X509_free(x509);
  EVP_PKEY_free(key);
  return files;
}

std::string Certificates::write(const std::string& name, const std::string& content) const {
  std::string file = directory_ + "/" + name;
  std::ofstream(file) << content;
  return file;
}

std::string Certificates::encrypt(const TlsFiles& files) const {
  std::string file = files.key + ".encrypted";
  EVP_PKEY* key = PEM_read_PrivateKey(open(files.key, "r").get(), nullptr, nullptr, nullptr);
  EXPECT_EQ(
      PEM_write_PrivateKey(open(file, "w").get(), key, EVP_aes_128_cbc(),
                           reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr),
      1);
  EVP_PKEY_free(key);
  return file;
}

TlsClient::TlsClient(glib::ControlLoop& loop, const std::string& url, int max_version)
    : raw(loop, url), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
  // Old versions require security level 0.
  SSL_set_security_level(ssl_.get(), 0);
  SSL_set_min_proto_version(ssl_.get(), TLS1_VERSION);
  SSL_set_max_proto_version(ssl_.get(), max_version);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
}

void TlsClient::feed() {
  const std::string bytes = std::exchange(raw.received, "");
  if (!bytes.empty()) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
  }
  if (!SSL_is_init_finished(ssl_.get())) return;
  char buffer[16384];
  for (;;) {
    const int count = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (count <= 0) return;
    received.append(buffer, static_cast<size_t>(count));
  }
}

void TlsClient::flush() {
  char buffer[16384];
  for (;;) {
    const int count = BIO_read(SSL_get_wbio(ssl_.get()), buffer, sizeof buffer);
    if (count <= 0) return;
    raw.send({buffer, static_cast<size_t>(count)});
  }
}

bool TlsClient::handshake() {
  bool is_refused = false;
  raw.receive_until([&] {
    feed();
    const int done = SSL_do_handshake(ssl_.get());
    is_refused = done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ;
    flush();
    return done == 1 || is_refused;
  });
  return !is_refused && SSL_is_init_finished(ssl_.get());
}

void TlsClient::send(const std::string& text) {
  SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  flush();
}

void TlsClient::receive_until(const std::function<bool()>& done) {
  raw.receive_until([&] {
    feed();
    return done();
  });
  feed();
}

void TlsClient::close() {
  SSL_shutdown(ssl_.get());
  flush();
  raw.close();
}

std::string TlsClient::server_name() const {
  X509* x509 = SSL_get1_peer_certificate(ssl_.get());
  char name[64] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(x509), NID_commonName, name, sizeof name);
  X509_free(x509);
  return name;
}

}  // namespace veche::http
