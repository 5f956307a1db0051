// SPDX-License-Identifier: Apache-2.0
// Tests of the comparison of a certificate with the fingerprints of an offer.
#include "media/peer/fingerprint.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace veche::media {
namespace {

class FingerprintTest : public testing::Test {
 protected:
  FingerprintTest() {
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }
  std::string pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(text.get(), certificate_.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<size_t>(size)};
  }
  sdp::Fingerprint fingerprint(const std::string& algorithm, bool right = true) const {
    const EVP_MD* digest = algorithm == "sha-256"   ? EVP_sha256()
                           : algorithm == "sha-384" ? EVP_sha384()
                                                    : EVP_sha512();
    sdp::Fingerprint fingerprint{algorithm, std::vector<uint8_t>(EVP_MAX_MD_SIZE)};
    unsigned size = 0;
    X509_digest(certificate_.get(), digest, fingerprint.value.data(), &size);
    fingerprint.value.resize(size);
    if (!right) fingerprint.value.back() ^= 1;
    return fingerprint;
  }

  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{EVP_EC_gen("P-256"),
                                                                 EVP_PKEY_free};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate_{X509_new(), X509_free};
};

TEST_F(FingerprintTest, OneOfSeveralIsEnough) {
  EXPECT_TRUE(check_fingerprint(pem(), {fingerprint("sha-256")}));
  EXPECT_TRUE(check_fingerprint(pem(), {fingerprint("sha-256", false), fingerprint("sha-384")}));
  EXPECT_TRUE(check_fingerprint(pem(), {fingerprint("sha-512"), fingerprint("sha-256", false),
                                        fingerprint("sha-384", false)}))
      << "several certificates with several digests";
}

TEST_F(FingerprintTest, NoneIsNotEnough) {
  for (const std::vector<sdp::Fingerprint>& announced :
       {std::vector<sdp::Fingerprint>{},
        {fingerprint("sha-256", false), fingerprint("sha-512", false)},
        {{"sha-1", fingerprint("sha-256").value}},
        {{"sha-384", fingerprint("sha-256").value}}}) {
    const Status status = check_fingerprint(pem(), announced);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::PermissionDenied);
  }
  EXPECT_EQ(check_fingerprint("no certificate", {fingerprint("sha-256")}).error().code,
            ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace veche::media
