// Accepts connections and deals them to the shards.
#include "server/net/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <utility>

#include "common/log/log.hpp"

namespace spindrift {

listener::listener(shard_context& shared)
    : shared_(shared), acceptor_(shared.shards.front()->context()), pause_(shared.shards.front()->context()) {}

std::optional<std::string> listener::open(const endpoint& where) {
  socket_error failed;
  tcp::resolver resolver(acceptor_.get_executor());
  const auto found = resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, failed);
  if (failed || found.empty()) return to_text(where) + ": " + (failed ? failed.message() : "no such address");
  const tcp::endpoint at = found.begin()->endpoint();
  acceptor_.open(at.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed && at.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor_.bind(at, failed);
  if (!failed) acceptor_.listen(1'024, failed);
  if (failed) return to_text(where) + ": " + failed.message();
  return std::nullopt;
}

endpoint listener::address() const {
  socket_error failed;
  const auto at = acceptor_.local_endpoint(failed);
  return {at.address().to_string(), at.port()};
}

void listener::start() {
  accept();
}

void listener::stop() {
  socket_error ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void listener::accept() {
  shard& target = *shared_.shards[next_shard_];
  acceptor_.async_accept(target.context(), [this, &target](socket_error failed, tcp::socket accepted) {
    if (!acceptor_.is_open()) return;
    if (failed && failed != asio::error::connection_aborted) {
      if (!std::exchange(is_failing_, true)) {
        log_event(log_level::warning, "accept_failed", {{"reason", failed.message()}});
      }
      return accept_later();
    }
    if (!failed) {
      if (std::exchange(is_failing_, false)) log_event(log_level::info, "accepts_again");
      next_shard_ = (next_shard_ + 1) % shared_.shards.size();
      target.adopt(std::move(accepted));
    }
    accept();
  });
}

// Out of descriptors, most likely. They come back as connections close.
void listener::accept_later() {
  pause_.expires_after(shared_.settings.accept_pause);
  pause_.async_wait([this](socket_error cancelled) {
    if (!cancelled && acceptor_.is_open()) accept();
  });
}

}  // namespace spindrift
