// Events as lines of text, and a pipe or a file that takes them.
#include "visualizer/app/notice.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "visualizer/plot/label.hpp"

namespace spindrift {
namespace {

constexpr std::size_t name_characters_max = 128;
constexpr std::size_t word_characters_max = 32;

}  // namespace

std::string notice_of(const stream_event& told) {
  const std::int64_t when = told.state == "closed" ? told.to.value_or(told.told) : told.told;
  std::string line = limits::is_event_time(when) ? to_rfc3339(when) + ' ' : "";
  line += harmless(told.stream, name_characters_max) + " event " + std::to_string(told.number) + ' ' +
          harmless(told.state, word_characters_max) + ": " + harmless(told.kind, word_characters_max);
  if (!told.direction.empty()) line += ' ' + harmless(told.direction, word_characters_max);
  if (!told.feature.empty()) line += " of " + harmless(told.feature, name_characters_max);
  line += ", severity " + std::to_string(told.severity);
  if (!told.text.empty()) line += "; " + harmless(told.text, stream_event::text_bytes_max);
  return line + '\n';
}

void line_output::write(std::string_view line) {
  if (is_closed_ || !failure_.empty()) return;
  if (left_out_ > 0 &&
      !put(std::string("(").append(std::to_string(left_out_)).append(" lines left out: the reader was too slow)\n"))) {
    ++left_out_;
    return;
  }
  left_out_ = put(line) ? 0 : 1;
}

// A pipe that is ready has room for a page, and takes so much whole or not at all.
bool line_output::put(std::string_view bytes) {
  pollfd asked{descriptor_, POLLOUT, 0};
  if (::poll(&asked, 1, 0) != 1 || (asked.revents & POLLOUT) == 0) return false;
  ssize_t written = -1;
  do written = ::write(descriptor_, bytes.data(), bytes.size());
  while (written < 0 && errno == EINTR);
  if (written >= 0) return true;
  if (errno == EPIPE) is_closed_ = true;
  if (errno != EPIPE && errno != EAGAIN) failure_ = std::strerror(errno);
  return false;
}

bool line_output::is_closed() {
  pollfd asked{descriptor_, 0, 0};
  if (::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLERR | POLLNVAL)) != 0) is_closed_ = true;
  return is_closed_;
}

}  // namespace spindrift
