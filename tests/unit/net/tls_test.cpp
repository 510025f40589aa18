// Goal: a context that speaks TLS 1.2 and up with the given certificate, or an error that names file and reason.
// Method: keys and self-signed certificates made on the spot; handshakes between two OpenSSL objects over a memory
// pipe.
#include "common/net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>
#include <string_view>

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <fstream>

namespace spindrift {
namespace {

using ::testing::HasSubstr;

using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using session_pointer = std::unique_ptr<SSL, decltype(&SSL_free)>;

key_pointer make_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
}

void write_key(const std::string& path, EVP_PKEY* key, const char* passphrase = nullptr) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  const int bytes = passphrase == nullptr ? 0 : static_cast<int>(std::string_view(passphrase).size());
  PEM_write_PKCS8PrivateKey(file, key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), passphrase, bytes, nullptr,
                            nullptr);
  std::fclose(file);
}

void write_certificate(const std::string& path, EVP_PKEY* key) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  std::FILE* file = std::fopen(path.c_str(), "w");
  PEM_write_X509(file, certificate.get());
  std::fclose(file);
}

// The protocol agreed upon ("TLSv1.3"), or nothing when there is none.
std::string shake_hands(SSL_CTX* server_context, int client_version_max, const char* client_ciphers = nullptr) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> client_context(SSL_CTX_new(TLS_client_method()),
                                                                         SSL_CTX_free);
  SSL_CTX_set_security_level(client_context.get(), 0);
  SSL_CTX_set_max_proto_version(client_context.get(), client_version_max);
  if (client_ciphers != nullptr) SSL_CTX_set_cipher_list(client_context.get(), client_ciphers);
  const session_pointer server(SSL_new(server_context), SSL_free);
  const session_pointer client(SSL_new(client_context.get()), SSL_free);
  BIO* server_end = nullptr;
  BIO* client_end = nullptr;
  BIO_new_bio_pair(&server_end, 0, &client_end, 0);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_bio(client.get(), client_end, client_end);
  for (int i = 0; i < 20; ++i) {
    const int client_done = SSL_connect(client.get());
    const int server_done = SSL_accept(server.get());
    if (client_done == 1 && server_done == 1) return SSL_get_version(server.get());
  }
  return "";
}

class tls : public ::testing::Test {
protected:
  tls() {
    directory_ =
        std::filesystem::temp_directory_path() / ("spindrift_tls_" + std::to_string(::getpid()) + "_" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
    certificate_ = directory_ / "server.crt";
    key_ = directory_ / "server.key";
    const key_pointer key = make_key();
    write_key(key_, key.get());
    write_certificate(certificate_, key.get());
  }
  ~tls() override { std::filesystem::remove_all(directory_); }

  void expect_error(const tls_outcome& outcome, const std::string& file, const std::string& reason) {
    EXPECT_EQ(outcome.context, nullptr);
    EXPECT_THAT(outcome.error, HasSubstr(file));
    EXPECT_THAT(outcome.error, HasSubstr(reason));
  }

  std::filesystem::path directory_;
  std::string certificate_;
  std::string key_;
};

TEST_F(tls, speaks_1_2_and_1_3_and_nothing_older) {
  const tls_outcome made = make_tls_context(certificate_, key_);
  ASSERT_NE(made.context, nullptr) << made.error;
  EXPECT_EQ(shake_hands(made.context->native_handle(), TLS1_3_VERSION), "TLSv1.3");
  EXPECT_EQ(shake_hands(made.context->native_handle(), TLS1_2_VERSION), "TLSv1.2");
  EXPECT_EQ(shake_hands(made.context->native_handle(), TLS1_1_VERSION), "");
}

TEST_F(tls, refuses_ciphers_without_authenticated_encryption) {
  const tls_outcome made = make_tls_context(certificate_, key_);
  ASSERT_NE(made.context, nullptr);
  EXPECT_EQ(shake_hands(made.context->native_handle(), TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA"), "");
  EXPECT_EQ(shake_hands(made.context->native_handle(), TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"), "TLSv1.2");
}

TEST_F(tls, names_the_file_that_is_missing_empty_or_no_pem) {
  expect_error(make_tls_context(directory_ / "none.crt", key_), "none.crt", "No such file or directory");
  expect_error(make_tls_context(certificate_, directory_ / "none.key"), "none.key", "No such file or directory");
  expect_error(make_tls_context(certificate_, directory_), directory_, "Is a directory");
  const std::string empty = directory_ / "empty";
  std::ofstream(empty).close();
  expect_error(make_tls_context(empty, key_), empty, "the file is empty");
  const std::string text = directory_ / "text";
  std::ofstream(text) << "not a certificate\n";
  expect_error(make_tls_context(text, key_), text, "no start line");
  EXPECT_EQ(make_tls_context(certificate_, text).context, nullptr);
}

TEST_F(tls, refuses_a_key_of_another_certificate_and_one_under_a_passphrase) {
  const key_pointer other = make_key();
  const std::string other_key = directory_ / "other.key";
  write_key(other_key, other.get());
  expect_error(make_tls_context(certificate_, other_key), other_key, "mismatch");
  write_key(other_key, other.get(), "secret");
  expect_error(make_tls_context(certificate_, other_key), other_key, "");
}

TEST_F(tls, makes_a_new_context_on_reload_and_leaves_the_old_one_working) {
  const tls_outcome old = make_tls_context(certificate_, key_);
  ASSERT_NE(old.context, nullptr);
  const key_pointer renewed = make_key();
  write_key(key_, renewed.get());
  EXPECT_EQ(make_tls_context(certificate_, key_).context, nullptr) << "half renewed";
  write_certificate(certificate_, renewed.get());
  const tls_outcome fresh = make_tls_context(certificate_, key_);
  ASSERT_NE(fresh.context, nullptr) << fresh.error;
  EXPECT_NE(fresh.context, old.context);
  EXPECT_EQ(shake_hands(old.context->native_handle(), TLS1_3_VERSION), "TLSv1.3");
  EXPECT_EQ(shake_hands(fresh.context->native_handle(), TLS1_3_VERSION), "TLSv1.3");
}

}  // namespace
}  // namespace spindrift
