// The server side of TLS: a context from a certificate chain and a key, both PEM files.
//
// TLS 1.2 and 1.3 only, ciphers with forward secrecy and authenticated encryption only, no compression, no
// renegotiation. A context is shared: whoever accepts connections holds the newest one and hands it to each new stream;
// a reload makes another one, and the connections that there are keep theirs: each holds its shared_ptr as long as its
// stream lives. Reads files: call it at start and on reload, never per connection.
#pragma once

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace spindrift {

struct tls_outcome {
  std::shared_ptr<boost::asio::ssl::context> context;  // null when it failed
  std::string error;                                   // then: which file and why
};

tls_outcome make_tls_context(const std::string& certificate_file, const std::string& key_file);

}  // namespace spindrift
