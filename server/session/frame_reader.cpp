// Finds out what a client speaks, and reads it.
#include "server/session/frame_reader.hpp"

#include <utility>
#include <variant>

#include "common/model/limit.hpp"
#include "common/text/printable.hpp"
#include "server/formats/opening.hpp"

namespace spindrift {
namespace {

using formats::frame_result;
using formats::opening;

constexpr std::string_view no_object = "a frame is one JSON object on one line, beginning with '{'";

// What would cure a line that nobody reads.
std::string cure_of(std::string_view line) {
  const std::string_view like = formats::likeness(line);
  std::string text;
  if (!like.empty()) text.append(" (it looks like ").append(like).append(")");
  return text +
         R"(; a line such as `load 12.5`, `web01.load 3.81 1795286073` or {"stream":"cpu","value":0.42} is read)";
}

// What is wrong with an object that JSON does not know, where it is a common mistake.
std::string_view mistake_in(std::string_view object) {
  const bool is_python = object.starts_with("{'") || object.find(": None") != std::string_view::npos;
  if (is_python) return "; it looks like what Python prints: send json.dumps() of it";
  const auto has = [&](std::string_view word) { return object.find(word) != std::string_view::npos; };
  if (has("NaN") || has("Infinity") || has("nan")) return "; JSON has no NaN and no Infinity: leave such points out";
  return {};
}

}  // namespace

frame_reader::taken frame_reader::next(inbox& from, const inbox::cut* held, decoder& frames, formats::parsed& into) {
  if (!is_open_ && held == nullptr) {
    taken opened = open(from);
    if (!is_open_) return opened;
  }
  const inbox::cut cut = held != nullptr ? *held : is_counted_ ? next_counted(from) : from.next();
  if (cut.kind == inbox::cut_kind::none) return {};
  if (cut.kind == inbox::cut_kind::too_large) {
    return {kind::own,
            protocol_error{error_code::frame_too_large, "the frame is longer than the limit; its line was skipped"},
            {}};
  }
  taken found = read(cut.bytes, frames, into);
  found.bytes = cut.bytes;
  return found;
}

frame_reader::taken frame_reader::open(inbox& from) {
  if (choice_.json_only) {
    is_open_ = true;
    return {};
  }
  const opening begun = formats::look_at(from.unread(), from.is_finished());
  switch (begun.is) {
    case opening::kind::undecided:
      // What cannot be told apart within a frame's length is a frame, if a bad one.
      is_open_ = from.is_finished() || from.unread().size() > model::frame_bytes_max;
      break;
    case opening::kind::unreadable:
      return {kind::unreadable, protocol_error{error_code::bad_json, begun.advice}, {}};
    case opening::kind::counted:
      is_counted_ = true;
      [[fallthrough]];
    case opening::kind::frames:
      is_open_ = true;
      from.skip(begun.skip);
      break;
  }
  return {};
}

// A frame whose length is no length, or is longer than a frame may be, ends the counting.
inbox::cut frame_reader::next_counted(inbox& from) {
  std::string_view rest = from.unread();
  std::size_t blanks = 0;
  while (blanks < rest.size() && (rest[blanks] == '\n' || rest[blanks] == '\r' || rest[blanks] == ' ')) ++blanks;
  from.skip(blanks);
  rest.remove_prefix(blanks);
  if (rest.empty()) return {};
  const formats::counted_frame found = formats::cut_counted(rest);
  using state = formats::counted_frame::kind;
  if (found.is == state::whole && found.bytes <= model::frame_bytes_max) {
    return from.take_counted(found.begin, found.bytes);
  }
  if (found.is == state::partial && found.bytes <= model::frame_bytes_max && !from.is_finished()) return {};
  is_counted_ = false;
  return from.next();
}

frame_reader::taken frame_reader::read(std::string_view bytes, decoder& frames, formats::parsed& into) {
  if (foreign_.is_joining() ||
      (bytes.size() <= 4 && (has_joined_ || !keeps_to_contract()) && foreign_.begins_value(bytes))) {
    has_joined_ = true;
    switch (foreign_.join(bytes, model::frame_bytes_max)) {
      case formats::foreign_reader::join_result::partial:
        return {kind::nothing, {}, {}};
      case formats::foreign_reader::join_result::too_large:
        return {kind::own, protocol_error{error_code::frame_too_large, "the object is longer than a frame may be"}, {}};
      case formats::foreign_reader::join_result::whole:
        bytes = foreign_.joined();
    }
  }
  if (bytes.front() == '{' || keeps_to_contract()) return read_object(bytes, frames, into);
  switch (foreign_.read(bytes, into)) {
    case frame_result::read:
      return {kind::foreign, {}, {}};
    case frame_result::nothing:
      return {kind::nothing, {}, {}};
    case frame_result::unknown:
      break;
  }
  return {kind::unknown,
          protocol_error{error_code::bad_json,
                         std::string(no_object) + "; this is none: " + in_quotes(bytes.substr(0, 64)) + cure_of(bytes)},
          {}};
}

frame_reader::taken frame_reader::read_object(std::string_view bytes, decoder& frames, formats::parsed& into) {
  taken found{kind::own, frames.decode(bytes), {}};
  if (auto* const broken = std::get_if<protocol_error>(&found.content);
      broken != nullptr && broken->code == error_code::bad_json) {
    broken->message += mistake_in(bytes);
    return found;
  }
  if (choice_.json_only || !frames.is_foreign()) return found;
  if (is_contract_ && std::holds_alternative<protocol_error>(found.content)) return found;
  const std::size_t before = into.points().size();
  const std::uint64_t faults_before = into.fault_count();
  const frame_result result = foreign_.read(bytes, into);
  const std::span<const point> added = into.points().subspan(before);
  if (auto* const measured = std::get_if<point>(&found.content)) {
    // The contract's point under its tool's name: it keeps its number and its reply.
    if (added.size() == 1) {
      measured->stream = added.front().stream;
      // A tool's time is told by its size, whatever its stream's other times are.
      if (added.front().ts) {
        measured->ts = added.front().ts;
        measured->unit = time_unit::none;
      }
    }
    into.drop_points(before);
    return found;
  }
  if (result == frame_result::read && !added.empty()) return {kind::foreign, {}, {}};
  // A value that is none is told by the decoder, which knows the contract's words for it.
  if (result == frame_result::unknown || into.fault_count() > faults_before) found.is = kind::unknown;
  return found;
}

frame_reader::taken frame_reader::give_up_joining(decoder& frames, formats::parsed& into) {
  return read_object(foreign_.joined(), frames, into);
}

bool frame_reader::would_complete(const inbox& from) const {
  return foreign_.is_joining() && foreign_.would_complete(from.unread());
}

std::string frame_reader::last_words(std::string_view seen) const {
  const std::string_view like = formats::likeness(seen);
  std::string text = "nothing of what came could be read";
  if (!like.empty()) text.append(" (it looks like ").append(like).append(")");
  text += "; read are ";
  if (choice_.pinned != nullptr) {
    text.append(choice_.pinned->example).append(" (").append(choice_.pinned->name).append(") and ");
    text += R"({"stream":"cpu","value":0.42})";
  } else {
    text += formats::readable_formats();
  }
  return text;
}

}  // namespace spindrift
