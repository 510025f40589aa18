// Loads tokens and certificate, and opens connections with what is in force.
#include "server/app/secrets.hpp"

#include <utility>

#include "common/net/tls.hpp"
#include "server/app/config.hpp"
#include "server/net/tls_transport.hpp"

namespace spindrift {

secrets::secrets(const config& settings) : settings_(settings) {
  if (!settings.tokens.empty()) tokens_ = std::make_unique<token_file>(settings.tokens);
}

secrets::~secrets() = default;

std::optional<std::string> secrets::load() {
  if (tokens_) {
    if (auto wrong = tokens_->load()) return "--tokens: " + *wrong;
  }
  if (settings_.tls_cert.empty()) return std::nullopt;
  tls_outcome made = make_tls_context(settings_.tls_cert, settings_.tls_key);
  if (!made.context) return "--tls-cert, --tls-key: " + made.error;
  const std::lock_guard guard(lock_);
  tls_ = std::move(made.context);
  return std::nullopt;
}

std::shared_ptr<boost::asio::ssl::context> secrets::tls() {
  const std::lock_guard guard(lock_);
  return tls_;
}

std::unique_ptr<transport> secrets::open_transport(stream_socket socket) {
  if (auto context = tls()) return make_tls_transport(std::move(socket), std::move(context));
  return make_plain_transport(std::move(socket));
}

}  // namespace spindrift
