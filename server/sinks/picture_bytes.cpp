// Pictures as bytes and back.
#include "server/sinks/picture_bytes.hpp"

#include <algorithm>

#include "server/store/bytes.hpp"

namespace spindrift {
namespace {

// Wraps around instead of overflowing.
std::uint64_t step(std::int64_t now, std::int64_t before) {
  return zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(before)));
}
std::int64_t after(std::int64_t before, std::uint64_t step) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) + static_cast<std::uint64_t>(unzigzag(step)));
}

}  // namespace

std::string picture_bytes(const event_picture& shown) {
  byte_buffer out;
  out.room(2 * varint_bytes_max + shown.before.size() * (varint_bytes_max + 8) +
           shown.from.size() * (2 * varint_bytes_max + 24));
  out.put_varint(shown.before.size());
  std::int64_t ts = 0;
  for (const context_point& one : shown.before) {
    out.put_varint(step(one.ts, ts));
    out.put_fixed(one.value);
    ts = one.ts;
  }
  out.put_varint(shown.from.size());
  std::uint64_t n = 0;
  for (const pictured_point& one : shown.from) {
    out.put_varint(one.n - n);
    out.put_varint(step(one.ts, ts));
    out.put_fixed(one.value);
    out.put_fixed(one.expected);
    out.put_fixed(one.sigma);
    n = one.n;
    ts = one.ts;
  }
  return std::string(out.view());
}

event_picture picture_of(std::string_view bytes) {
  event_picture shown;
  byte_reader in(bytes);
  std::int64_t ts = 0;
  for (std::uint64_t left = std::min<std::uint64_t>(in.varint(), event_picture::before_max); left > 0 && in.ok();
       --left) {
    ts = after(ts, in.varint());
    const context_point one{ts, in.fixed<double>()};
    if (in.ok()) shown.before.push_back(one);
  }
  std::uint64_t n = 0;
  for (std::uint64_t left = std::min<std::uint64_t>(in.varint(), event_picture::from_max); left > 0 && in.ok();
       --left) {
    n += in.varint();
    ts = after(ts, in.varint());
    pictured_point one{n, ts};
    one.value = in.fixed<double>();
    one.expected = in.fixed<double>();
    one.sigma = in.fixed<double>();
    if (in.ok()) shown.from.push_back(one);
  }
  return shown;
}

}  // namespace spindrift
