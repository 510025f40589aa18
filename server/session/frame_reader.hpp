// What a client sends, whatever it speaks: frames of the contract, or points of other formats.
//
// By the first bytes it tells what nobody here reads, and frames that have their length in front; after that every
// frame tells by its first byte. A frame that begins with `{` goes to the contract's decoder, and only an object that
// is not the contract's own, or any other frame, to the readers of formats. Owned by its session; the decoder and the
// points' memory are the shard's. One thread at a time; no sockets, no clock. Limits: those of the inbox.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/protocol/decode.hpp"
#include "common/protocol/inbox.hpp"
#include "server/formats/foreign_reader.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift {

// What a listener expects of its clients. Plain data.
struct format_choice {
  bool json_only = false;                        // --format json: the contract's own frames and nothing else
  const formats::line_format* pinned = nullptr;  // lines of this format, beside the contract's own frames
  bool always_replies = false;                   // --replies: also to points of other formats
};

class frame_reader {
public:
  enum class kind : std::uint8_t {
    none,        // no whole frame is there
    own,         // `frame`: of the contract, or what is wrong with it
    foreign,     // points, or faults, of another format were added
    nothing,     // a comment, or the beginning of an object over several lines
    unknown,     // `frame` says what is wrong, and the client seems to speak something else than the contract
    unreadable,  // `frame` says what it looks like and what to do; the end of this client
  };
  struct taken {
    kind is = kind::none;
    frame content{};
    std::string_view bytes{};  // of the frame, where there was one
  };

  explicit frame_reader(const format_choice& chosen) : choice_(chosen), foreign_(chosen.pinned) {}

  // The client has sent points of the contract in the contract's own words: what else it sends is judged by the
  // contract.
  void keep_to_contract() { is_contract_ = true; }
  // True when the next frame may be taken from the inbox and decoded directly, as nearly every one is.
  bool is_plain() const { return is_open_ && !is_counted_ && !foreign_.is_joining(); }
  // True: the frame is a line of the commonest shape of what the client sends, and gave the one point `into`.
  bool read_usual(std::string_view line, point& into) const { return foreign_.read_usual(line, into); }
  // The next frame. `held`: it was cut before.
  taken next(inbox& from, const inbox::cut* held, decoder& frames, formats::parsed& into);
  // Nothing has come for a while: an object that was begun is taken as it is.
  bool is_joining() const { return foreign_.is_joining(); }
  taken give_up_joining(decoder& frames, formats::parsed& into);
  // Whether what stands in the inbox completes an object over several lines, but for its line end.
  bool would_complete(const inbox& from) const;
  // What has been understood so far, for the last words to a client of which it is nothing.
  std::string last_words(std::string_view seen) const;

private:
  bool keeps_to_contract() const { return is_contract_ || choice_.json_only; }
  taken open(inbox& from);
  inbox::cut next_counted(inbox& from);
  taken read(std::string_view bytes, decoder& frames, formats::parsed& into);
  taken read_object(std::string_view bytes, decoder& frames, formats::parsed& into);

  format_choice choice_;
  bool is_open_ = false;
  bool is_counted_ = false;
  bool is_contract_ = false;
  bool has_joined_ = false;  // who sends one object over several lines sends more of them
  formats::foreign_reader foreign_;
};

}  // namespace spindrift
