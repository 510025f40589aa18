// The byte stream of a TLS connection. The context is shared; each stream holds on to the one it began with.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "server/net/transport.hpp"

namespace spindrift {

std::unique_ptr<transport> make_tls_transport(stream_socket socket, std::shared_ptr<asio::ssl::context> context);

}  // namespace spindrift
