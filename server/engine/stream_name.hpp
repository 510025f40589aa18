// A stream's name: eight bytes in the stream, and one heap block of just its length, its bytes behind it. Never changed
// once made. Movable; what it converts to holds for as long as it lives. Asking for it touches that block, as for every
// std::string of more than 15 bytes.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace spindrift {

class stream_name {
public:
  // Of less than 4 GiB.
  explicit stream_name(std::string_view name) : block_(new char[sizeof(length) + name.size()]) {
    assert(name.size() <= UINT32_MAX);
    const auto n = static_cast<length>(name.size());
    std::memcpy(block_.get(), &n, sizeof n);
    if (!name.empty()) std::memcpy(block_.get() + sizeof n, name.data(), name.size());
  }

  const char* data() const { return block_.get() + sizeof(length); }
  std::size_t size() const {
    length n = 0;
    std::memcpy(&n, block_.get(), sizeof n);
    return n;
  }
  std::string_view view() const { return {data(), size()}; }
  operator std::string_view() const { return view(); }
  std::string str() const { return std::string(view()); }

  friend bool operator==(const stream_name& a, std::string_view b) { return a.view() == b; }

private:
  using length = std::uint32_t;

  std::unique_ptr<char[]> block_;
};

}  // namespace spindrift
