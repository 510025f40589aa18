// Bytes of one frame -> frame: the hot path. Points in their usual form are read directly (plain_point.hpp), everything
// else by simdjson's On-Demand parser.
//
// Strict: one JSON object (RFC 8259), valid UTF-8, no duplicate key, no number beyond double, nothing nested deeper
// than limits::depth_max; anything else is a protocol_error that says what and where. Never throws, never reads beyond
// the frame's padding. A decoder keeps its parser and its scratch between frames; decoded points look into the frame's
// bytes and into the decoder's arena, and stay valid until reset(). One decoder a connection, one thread at a time.
// Cost: about 25 ns for a 70-byte point in its usual form, 140 ns for another one; commands allocate.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "common/protocol/frame.hpp"

namespace spindrift {

struct decoder_workspace;

class decoder {
public:
  decoder();
  ~decoder();
  decoder(decoder&&) noexcept;
  decoder& operator=(decoder&&) noexcept;

  // `bytes` must be followed by inbox::padding_bytes readable bytes.
  frame decode(std::string_view bytes);
  // The point that the first line of `text` is, if it is one in the usual form and nothing else, and the bytes of that
  // line with its end; null: decode() has to look at it. `text` is an inbox's unread().
  const point* decode_line(std::string_view text, std::size_t& bytes);
  // Whether the newest frame is an object that says things of its own and does not call its stream by the contract's
  // key: a stock tool's, which has other keys for the name and the time.
  bool is_foreign() const;
  // Forgets all points decoded so far; call once a batch.
  void reset();

private:
  std::unique_ptr<decoder_workspace> workspace_;
};

}  // namespace spindrift
