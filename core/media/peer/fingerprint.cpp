// SPDX-License-Identifier: Apache-2.0
// Compares certificates with fingerprints, with OpenSSL.
#include "media/peer/fingerprint.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>

namespace veche::media {
namespace {

const EVP_MD* digest_of(const std::string& algorithm) {
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

/// The digests of all algorithms but these are no fingerprints to rely on.
bool matches(const X509* certificate, const sdp::Fingerprint& announced) {
  const EVP_MD* digest = digest_of(announced.algorithm);
  std::array<uint8_t, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  return digest && X509_digest(certificate, digest, value.data(), &size) == 1 &&
         announced.value.size() == size &&
         CRYPTO_memcmp(announced.value.data(), value.data(), size) == 0;
}

}  // namespace

Status check_fingerprint(const std::string& pem, const std::vector<sdp::Fingerprint>& announced) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  if (!certificate) return invalid("the peer's certificate cannot be read");
  const bool found =
      std::any_of(announced.begin(), announced.end(),
                  [&](const sdp::Fingerprint& each) { return matches(certificate.get(), each); });
  if (found) return Ok{};
  return Error{ErrorCode::PermissionDenied,
               "the peer's certificate does not match a=fingerprint of its offer"};
}

}  // namespace veche::media
