// Accepts HTTP connections and keeps them within the limits.
#include "common/net/http_server.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/log/log.hpp"
#include "common/net/http_session.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using error = boost::system::error_code;

// After a failed accept (no descriptors left): stopping would leave the server deaf, going on at once burns a core.
constexpr std::chrono::milliseconds accept_retry{100};

tcp::endpoint resolve(asio::io_context& io, const endpoint& where, error& failure) {
  const auto address = asio::ip::make_address(where.host, failure);
  if (!failure) return {address, where.port};
  const auto found =
      tcp::resolver(io).resolve(where.host, std::to_string(where.port), tcp::resolver::address_configured, failure);
  if (failure) return {};
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

}  // namespace

class http_server::listener : public std::enable_shared_from_this<listener> {
public:
  listener(asio::io_context& io, endpoint where, http_handler handler, http_limits limits, http_post_filter takes_post)
      : io_(io), acceptor_(io), retry_(io), shared_(std::make_shared<http_shared>()) {
    shared_->handler = std::move(handler);
    shared_->takes_post = std::move(takes_post);
    shared_->limits = limits;
    shared_->bound = std::move(where);
  }

  std::optional<std::string> start();
  void accept();
  void on_accept(error failure, tcp::socket socket);
  void stop();

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  std::shared_ptr<http_shared> shared_;
};

std::optional<std::string> http_server::listener::start() {
  error failure;
  const tcp::endpoint where = resolve(io_, shared_->bound, failure);
  if (!failure) acceptor_.open(where.protocol(), failure);
  if (!failure) acceptor_.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor_.bind(where, failure);
  if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) {
    error ignored;
    acceptor_.close(ignored);
    return to_text(shared_->bound) + ": " + failure.message();
  }
  shared_->bound.port = acceptor_.local_endpoint(failure).port();
  accept();
  return std::nullopt;
}

void http_server::listener::accept() {
  acceptor_.async_accept(
      [self = shared_from_this()](error failure, tcp::socket socket) { self->on_accept(failure, std::move(socket)); });
}

void http_server::listener::on_accept(error failure, tcp::socket socket) {
  if (!acceptor_.is_open() || shared_->is_stopping) return;
  if (failure && failure != asio::error::connection_aborted) {
    log_event(log_level::warning, "http_accept_failed", {{"reason", failure.message()}});
    retry_.expires_after(accept_retry);
    retry_.async_wait([self = shared_from_this()](error cancelled) {
      if (!cancelled && !self->shared_->is_stopping) self->accept();
    });
    return;
  }
  if (!failure) {
    const std::size_t refusals = shared_->sessions.size() - shared_->connections;
    error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const bool is_full = shared_->connections >= shared_->limits.connections_max;
    if (!is_full || make_room(*shared_)) {
      std::make_shared<http_session>(std::move(socket), shared_)->start();
    } else if (refusals < shared_->limits.refusals_max) {
      std::make_shared<http_session>(std::move(socket), shared_)->start_refusal();
    }
  }
  accept();
}

void http_server::listener::stop() {
  if (shared_->is_stopping) return;
  shared_->is_stopping = true;
  error ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  // No session ends inside the loop: whatever drain() cancels completes through the io_context.
  for (http_session* session : shared_->sessions) session->drain();
}

http_server::http_server(asio::io_context& io, endpoint where, http_handler handler, http_limits limits,
                         http_post_filter takes_post)
    : listener_(std::make_shared<listener>(io, std::move(where), std::move(handler), limits, std::move(takes_post))) {}

http_server::~http_server() {
  listener_->stop();
  listener_->shared_->handler = nullptr;
}

void http_server::use_tls(http_tls_source tls) {
  listener_->shared_->tls = std::move(tls);
}

std::optional<std::string> http_server::start() {
  return listener_->start();
}

endpoint http_server::address() const {
  return listener_->shared_->bound;
}

void http_server::publish(std::string_view event_bytes) {
  auto event = std::make_shared<const std::string>(event_bytes);
  asio::dispatch(listener_->io_, [shared = listener_->shared_, event = std::move(event)] {
    if (shared->is_stopping) return;
    for (http_session* session : shared->sessions) session->push_event(event);
  });
}

std::uint64_t http_server::events_dropped() const {
  return listener_->shared_->events_dropped.load(std::memory_order_relaxed);
}

void http_server::stop() {
  listener_->stop();
}

}  // namespace spindrift
