// Cuts received bytes into frames.
#include "common/protocol/inbox.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "common/model/limit.hpp"

namespace spindrift {
namespace {

// A connection starts with a small chunk, since most are idle, and earns larger ones by filling them.
constexpr std::size_t chunk_bytes_first = 4'096;
constexpr std::size_t chunk_bytes_max = 65'536;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

}  // namespace

inbox::inbox() : inbox(model::frame_bytes_max) {}

inbox::inbox(std::size_t frame_bytes_max) : chunk_bytes_(chunk_bytes_first), frame_bytes_max_(frame_bytes_max) {}

std::span<char> inbox::space() {
  const std::size_t unfinished = end_ - begin_;
  if (begin_ > 0) {
    if (unfinished > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, unfinished);
    lf_searched_ = lf_searched_ > begin_ ? lf_searched_ - begin_ : 0;
    scan_.at -= begin_;
    if (scan_.end > 0) scan_.end -= begin_;
    begin_ = 0;
    end_ = unfinished;
  }
  const std::size_t wanted = end_ + chunk_bytes_ + padding_bytes;
  if (bytes_.size() < wanted) bytes_.resize(wanted);
  return {bytes_.data() + end_, chunk_bytes_};
}

void inbox::received(std::size_t bytes) {
  assert(end_ + bytes + padding_bytes <= bytes_.size());
  end_ += bytes;
  bytes_[end_] = '\0';
  finished_ = false;
  if (bytes == chunk_bytes_) chunk_bytes_ = std::min(chunk_bytes_ * 4, chunk_bytes_max);
}

inbox::cut inbox::next() {
  for (;;) {
    if (skipping_) {
      const void* lf = std::memchr(bytes_.data() + begin_, '\n', end_ - begin_);
      if (lf == nullptr) {
        begin_ = end_;
        restart_scan();
        return {};
      }
      begin_ = static_cast<std::size_t>(static_cast<const char*>(lf) - bytes_.data()) + 1;
      skipping_ = false;
    }
    while (begin_ < end_ && is_blank(bytes_[begin_])) ++begin_;
    if (begin_ == end_) {
      restart_scan();
      return {};
    }
    if (scan_.at < begin_) restart_scan();

    const std::size_t search_from = std::max(lf_searched_, begin_);
    const void* lf = std::memchr(bytes_.data() + search_from, '\n', end_ - search_from);
    // The place of the LF is kept, since many frames may stand in front of it.
    lf_searched_ = lf != nullptr ? static_cast<std::size_t>(static_cast<const char*>(lf) - bytes_.data()) : end_;
    if (lf != nullptr) return next_in_line(lf_searched_);
    if (finished_) return next_in_line(end_);
    return next_without_line_end();
  }
}

// The line [begin_, line_end) is whole. Only a '}' that a '{' follows can end a frame inside it; that combination
// stands nowhere in a JSON object but in strings, so the exact scan is run only when it occurs.
inbox::cut inbox::next_in_line(std::size_t line_end) {
  const char* const data = bytes_.data();
  std::size_t at = begin_;
  while (at < line_end) {
    const void* brace = std::memchr(data + at, '}', line_end - at);
    if (brace == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(brace) - data) + 1;
    std::size_t follower = at;
    while (follower < line_end && is_blank(data[follower])) ++follower;
    if (follower < line_end && data[follower] == '{') {
      object_scan scan;
      scan.at = begin_;
      advance(scan, line_end);
      follower = scan.end;
      if (scan.end == 0 || scan.not_object || scan.is_array) break;
      while (follower < line_end && is_blank(data[follower])) ++follower;
      if (follower < line_end && data[follower] == '{') return take(scan.end, follower, follower);
      break;
    }
  }
  const bool has_cr = line_end > begin_ && data[line_end - 1] == '\r';
  const std::size_t counted_end = has_cr ? line_end - 1 : line_end;
  // NULs at the end are left out, but count: while they come nobody knows that they are at the end.
  std::size_t frame_end = counted_end;
  while (frame_end > begin_ && data[frame_end - 1] == '\0') --frame_end;
  return take(frame_end, counted_end, std::min(line_end + 1, end_));
}

inbox::cut inbox::next_without_line_end() {
  if (advance(scan_, end_)) {
    const std::size_t follower = scan_.at;
    return take(scan_.end, follower, follower);
  }
  const bool ends_in_cr = bytes_[end_ - 1] == '\r';  // it may belong to a line end of which LF has not come yet
  if (end_ - begin_ > frame_bytes_max_ + (ends_in_cr ? 1 : 0)) {
    begin_ = end_;
    restart_scan();
    skipping_ = true;
    ++frames_cut_;
    return {cut_kind::too_large, {}};
  }
  return {};
}

// The frame is [begin_, frame_end); what counts against the limit ends at counted_end; the next one begins at
// next_begin.
inbox::cut inbox::take(std::size_t frame_end, std::size_t counted_end, std::size_t next_begin) {
  const std::size_t begin = begin_;
  ++frames_cut_;
  begin_ = next_begin;
  restart_scan();
  if (counted_end - begin > frame_bytes_max_) {
    // After `{too long}{` the rest of that line belongs to what is skipped; after a whole line nothing is left to skip.
    skipping_ = next_begin < end_ && bytes_[next_begin - 1] != '\n';
    return {cut_kind::too_large, {}};
  }
  return {cut_kind::whole, {bytes_.data() + begin, frame_end - begin}};
}

// Follows the text up to `limit`. True when the object at its beginning is complete and another '{' follows it; scan.at
// is then that brace.
bool inbox::advance(object_scan& scan, std::size_t limit) const {
  for (; scan.at < limit && !scan.not_object; ++scan.at) {
    const char c = bytes_[scan.at];
    if (scan.end > 0) {
      if (is_blank(c)) continue;
      if (c == '{' && !scan.is_array) return true;
      scan.not_object = true;
    } else if (scan.in_string) {
      if (scan.escaped) {
        scan.escaped = false;
      } else if (c == '\\') {
        scan.escaped = true;
      } else if (c == '"') {
        scan.in_string = false;
      }
    } else if (c == '"') {
      scan.in_string = true;
      scan.not_object = scan.depth == 0;
    } else if (c == '{' || c == '[') {
      scan.is_array = scan.is_array || (scan.depth == 0 && c == '[');
      ++scan.depth;
    } else if (c == '}' || c == ']') {
      // Only '}' may end an object: next_in_line() looks for no other end.
      scan.not_object = scan.depth == 0 || (scan.depth == 1 && (c == ']') != scan.is_array);
      if (scan.depth > 0 && --scan.depth == 0) scan.end = scan.at + 1;
    } else if (scan.depth == 0) {
      scan.not_object = true;
    }
  }
  return false;
}

void inbox::restart_scan() {
  scan_ = object_scan{};
  scan_.at = begin_;
}

void inbox::finish() {
  finished_ = true;
  // Behind every other frame stands what ended it. Behind this one might stand anything that was read before, on which
  // the wording of an error would then depend (simdjson looks whether it is a brace).
  if (end_ < bytes_.size()) bytes_[end_] = '\n';
}

bool inbox::holds_complete_object() const {
  return !skipping_ && begin_ < end_ && scan_.end > 0 && !scan_.not_object;
}

void inbox::skip(std::size_t bytes) {
  assert(bytes <= unread().size());
  begin_ += bytes;
  restart_scan();
}

bool inbox::pass_line(std::size_t bytes) {
  assert(bytes > 0 && bytes <= unread().size());
  const bool has_cr = bytes > 1 && bytes_[begin_ + bytes - 2] == '\r';
  if (bytes - (has_cr ? 2 : 1) > frame_bytes_max_) return false;
  begin_ += bytes;
  ++frames_cut_;
  restart_scan();
  return true;
}

inbox::cut inbox::take_counted(std::size_t offset, std::size_t bytes) {
  assert(offset + bytes <= unread().size());
  begin_ += offset;
  return take(begin_ + bytes, begin_ + bytes, begin_ + bytes);
}

bool inbox::holds_partial() const {
  return skipping_ || begin_ < end_;
}

}  // namespace spindrift
