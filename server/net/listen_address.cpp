// Takes a listening address apart.
#include "server/net/listen_address.hpp"

#include <charconv>

namespace spindrift {
namespace {

constexpr std::size_t path_bytes_max = 107;  // sockaddr_un, with its end
constexpr unsigned mode_max = 0777;

std::optional<bool> read_switch(std::string_view text) {
  if (text == "on") return true;
  if (text == "off") return false;
  return std::nullopt;
}

bool read_mode(std::string_view text, unsigned& mode) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return failed == std::errc() && end == text.data() + text.size() && mode <= mode_max;
}

bool take_setting(std::string_view key, std::string_view value, listen_address& into) {
  using kind = listen_address::kind;
  if (key == "format") {
    into.format = value;
    return !value.empty();
  }
  if (key == "replies" && into.is != kind::by_udp) {
    into.replies = read_switch(value);
    return into.replies.has_value();
  }
  if (key == "proxy" && into.is == kind::by_tcp) {
    into.proxied = read_switch(value);
    return into.proxied.has_value();
  }
  return key == "mode" && into.is == kind::by_unix && read_mode(value, into.mode);
}

bool take_place(std::string_view place, listen_address& into) {
  if (place.starts_with("unix:")) {
    place.remove_prefix(5);
    if (place.starts_with("//") && !place.starts_with("///")) return false;  // a URL with a host
    while (place.starts_with("//")) place.remove_prefix(1);
    into.is = listen_address::kind::by_unix;
    into.path = place;
    return place.starts_with('/') && place.size() > 1 && place.size() <= path_bytes_max &&
           place.find('\0') == std::string_view::npos;
  }
  if (place.starts_with("udp://")) into.is = listen_address::kind::by_udp;
  if (place.starts_with("udp://") || place.starts_with("tcp://")) place.remove_prefix(6);
  auto where = endpoint_meant(place);
  if (!where) return false;
  into.where = std::move(*where);
  return true;
}

}  // namespace

std::optional<listen_address> parse_listen_address(std::string_view text) {
  listen_address found;
  const std::size_t mark = text.find('?');
  if (!take_place(text.substr(0, mark), found)) return std::nullopt;
  if (mark == std::string_view::npos) return found;
  for (std::string_view rest = text.substr(mark + 1);;) {
    const std::size_t end = rest.find('&');
    const std::string_view setting = rest.substr(0, end);
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!take_setting(setting.substr(0, equals), setting.substr(equals + 1), found)) return std::nullopt;
    if (end == std::string_view::npos) return found;
    rest.remove_prefix(end + 1);
  }
}

std::string to_text(const listen_address& address) {
  switch (address.is) {
    case listen_address::kind::by_unix:
      return "unix:" + address.path;
    case listen_address::kind::by_udp:
      return "udp://" + to_text(address.where);
    case listen_address::kind::by_tcp:
      break;
  }
  return to_text(address.where);
}

}  // namespace spindrift
