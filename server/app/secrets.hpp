// Tokens and certificate: read at the start and again on SIGHUP; what cannot be read leaves the old ones in force.
//
// load() is called by one thread at a time; any thread may ask the rest. Connections keep what they began with.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/access/token_file.hpp"
#include "server/net/transport.hpp"

namespace boost::asio::ssl {
class context;
}

namespace spindrift {

struct config;

class secrets {
public:
  // The settings outlive it.
  explicit secrets(const config& settings);
  ~secrets();

  // Returns what is wrong, naming the flag.
  std::optional<std::string> load();
  // Null where no token is needed.
  const authenticator* admission() const { return tokens_.get(); }
  // The byte stream of an accepted socket: TLS where there is a certificate, else plain.
  std::unique_ptr<transport> open_transport(stream_socket socket);
  // What a new connection is encrypted with; null: nothing.
  std::shared_ptr<boost::asio::ssl::context> tls();

private:
  const config& settings_;
  std::unique_ptr<token_file> tokens_;
  std::mutex lock_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
};

}  // namespace spindrift
