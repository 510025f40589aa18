// Makes TLS contexts out of PEM files.
#include "common/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

namespace spindrift {
namespace {

namespace ssl = boost::asio::ssl;

// OpenSSL words a missing file as "system lib"; the system's own words are better.
std::optional<std::string> why_unreadable(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return std::strerror(errno);
  std::optional<std::string> reason;
  if (std::fgetc(file) == EOF) reason = std::ferror(file) != 0 ? std::strerror(errno) : "the file is empty";
  std::fclose(file);
  return reason;
}

tls_outcome failed(const std::string& path, const std::string& reason) {
  return {nullptr, "TLS: " + path + ": " + reason};
}

std::string reason_of(const boost::system::error_code& failure) {
  const char* reason = ERR_reason_error_string(static_cast<unsigned long>(failure.value()));
  return reason != nullptr ? reason : failure.message();
}

// False where this OpenSSL lacks one of them.
bool harden(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL") == 1;
}

}  // namespace

tls_outcome make_tls_context(const std::string& certificate_file, const std::string& key_file) {
  for (const std::string& path : {certificate_file, key_file}) {
    if (const auto reason = why_unreadable(path)) return failed(path, *reason);
  }
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  if (!harden(context->native_handle())) return failed(certificate_file, "OpenSSL here cannot do TLS 1.2 with AEAD");
  boost::system::error_code failure;
  // A key under a passphrase must fail; without this OpenSSL asks on the terminal and the start hangs.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, failure);
  if (!failure) context->use_certificate_chain_file(certificate_file, failure);
  if (failure) return failed(certificate_file, reason_of(failure));
  context->use_private_key_file(key_file, ssl::context::pem, failure);
  if (failure) return failed(key_file, reason_of(failure));
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return failed(key_file, "is not the key of " + certificate_file);
  }
  return {std::move(context), {}};
}

}  // namespace spindrift
