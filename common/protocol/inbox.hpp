// Received bytes, cut into whole frames. No I/O and no clock: the owner reads into `space()`, says `received(n)`, and
// takes frames until there is none; what was cut does not depend on how the bytes were chunked.
//
// A frame ends at LF (a CR before it is dropped), at the end of an object that another object follows on the same line
// (`{...}{...}`), or, where nothing follows at all, when the owner says `finish()` (the peer's FIN, or a short silence
// after a complete object or array: producers exist that never send a line end). Blank lines are no frames, and a NUL
// between frames, with which some end theirs, is a blank. Framings of other kinds take their frames from unread().
//
//   bytes_:  | taken | frame | frame | half a fra|   space   | padding |
//            0       begin_                      end_        capacity  simdjson may read (not use) beyond the end
//
// Bounded: at most one frame of `frame_bytes_max` bytes is kept; a longer one is reported once as too_large and the
// rest of its line is skipped unstored. A cut frame's view is valid until the next call of space(). One thread at a
// time. Cost: one memchr for LF and one for '}' over each byte; none for lines that whoever reads them passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace spindrift {

class inbox {
public:
  enum class cut_kind { none, whole, too_large };
  struct cut {
    cut_kind kind = cut_kind::none;
    std::string_view bytes{};  // kind whole: followed by at least padding_bytes readable bytes
  };

  static constexpr std::size_t padding_bytes = 64;

  inbox();  // frames of up to model::frame_bytes_max
  explicit inbox(std::size_t frame_bytes_max);

  // Where to read to: at least one byte and usually `chunk_bytes`. Moves an unfinished frame to the front.
  std::span<char> space();
  void received(std::size_t bytes);
  // The next whole frame.
  cut next();
  // No more bytes will come for what is unfinished: the rest, if any, becomes a frame for next().
  void finish();
  // True when what is left over after next() is one complete object or array that only lacks its line end.
  bool holds_complete_object() const;
  // What has not been cut yet, followed by padding_bytes readable bytes, of which the first is a NUL or LF; valid until
  // the next call of space().
  std::string_view unread() const { return {bytes_.data() + begin_, skipping_ ? 0 : end_ - begin_}; }
  bool is_finished() const { return finished_; }
  // Passes over the first `bytes` of unread(): they are part of no frame.
  void skip(std::size_t bytes);
  // Cuts the frame of `bytes`, line end and all, that unread() begins with, and that the caller has found to be whole.
  // False: it is too large, and still there.
  bool pass_line(std::size_t bytes);
  // Cuts the frame of `bytes` that begins `offset` bytes into unread(), whatever stands in it.
  cut take_counted(std::size_t offset, std::size_t bytes);
  // True when bytes of an unfinished frame are waiting (or being skipped): the owner's clock for slow frames.
  bool holds_partial() const;
  void set_frame_bytes_max(std::size_t bytes) { frame_bytes_max_ = bytes; }
  // Frames cut so far, those too large among them: tells one unfinished frame from the next.
  std::uint64_t frames_cut() const { return frames_cut_; }
  std::size_t capacity_bytes() const { return bytes_.capacity(); }

private:
  // Where the first object of the unfinished text is, followed byte by byte: strings, escapes and depth.
  struct object_scan {
    std::size_t at = 0;  // bytes_ offset of the next byte to look at
    std::size_t depth = 0;
    bool in_string = false;
    bool escaped = false;
    bool is_array = false;    // ends in silence, but nothing on the same line ends it
    bool not_object = false;  // the text does not begin with a bracket: only LF ends it
    std::size_t end = 0;      // offset just behind the object; 0: not complete yet
  };

  cut take(std::size_t frame_end, std::size_t counted_end, std::size_t next_begin);
  cut next_in_line(std::size_t line_end);
  cut next_without_line_end();
  bool advance(object_scan& scan, std::size_t limit) const;
  void restart_scan();

  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t lf_searched_ = 0;  // no LF in [begin_, lf_searched_)
  object_scan scan_{};
  std::size_t chunk_bytes_;
  std::size_t frame_bytes_max_;
  bool skipping_ = false;  // inside a frame that was too large, until LF
  bool finished_ = false;
  std::uint64_t frames_cut_ = 0;
};

}  // namespace spindrift
