// Bytes to one HTTP request: its header, judged before the body has come; then the body. No sockets, no clock.
//
// Belongs to one connection and one request; the next request has a reader of its own. Not for several threads. What it
// holds is bounded: the header by http_limits::header_bytes_max, the body by limit_body(). Bytes never throw; what
// cannot be a request has a status (400, 413, 431) that it is answered with. Beast's parser does the reading and is
// seen by the .cpp alone, since it takes the compiler longer than the rest of the server. RFC 9110 and 9112.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "common/net/endpoint.hpp"
#include "common/net/http_exchange.hpp"

namespace spindrift {

class http_request_reader {
public:
  enum class state : std::uint8_t { in_header, has_header, in_body, is_whole, failed };

  http_request_reader(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~http_request_reader();
  http_request_reader(const http_request_reader&) = delete;
  http_request_reader& operator=(const http_request_reader&) = delete;

  // Reads on from the front of `bytes`, to the end of the header at most the first time, and says how many it took.
  // None taken and neither whole nor failed: it needs more than these at once.
  std::size_t put(std::string_view bytes);
  state where() const { return state_; }
  // Whether a byte of the request has come.
  bool has_begun() const;
  // What a failed one is answered with.
  unsigned fault() const { return fault_; }

  // From here on, as of has_header.

  // The status that the header is refused with, whatever its body may be; `takes_post`: this path takes one.
  std::optional<unsigned> refusal(const endpoint& bound, bool takes_post, std::string_view public_host = {}) const;
  // Whole with its header: no body follows.
  bool is_complete() const;
  bool is_head() const;
  bool is_post() const;
  // A browser names the origin of the page that posts.
  bool has_origin() const;
  // The page came from the host that it posts to.
  bool has_own_origin() const;
  // Its body is sent only after a 100.
  bool expects_go_on() const;
  bool keeps_alive() const;
  unsigned version() const;
  // 0: it says none.
  std::uint64_t content_length() const;
  // As sent, without the query; empty: the target is of no known form.
  std::string_view path() const;
  // Views into this reader.
  http_request request() const;

  void limit_body(std::size_t bytes_max);
  void drop_body();

private:
  struct parser;
  void fail(unsigned status);

  std::unique_ptr<parser> parser_;
  state state_ = state::in_header;
  unsigned fault_ = 400;
};

}  // namespace spindrift
