// A stream's name: two bytes at the very end of its stream, and its bytes behind those, in the same heap block. So it
// costs neither a block nor a pointer, and asking for it touches no line that is the name's alone.
//
// Never changed, moved or copied once made: its owner has it as the last member and lies in a block with room behind it
// (stream::make). What it converts to holds for as long as it lives.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace spindrift {

class stream_name {
public:
  static constexpr std::size_t size_max = UINT16_MAX;

  // There are as many bytes behind whatever it is the last member of.
  explicit stream_name(std::string_view name) : size_(static_cast<std::uint16_t>(name.size())) {
    assert(name.size() <= size_max);
    if (!name.empty()) std::memcpy(reinterpret_cast<char*>(this) + sizeof *this, name.data(), name.size());
  }
  stream_name(const stream_name&) = delete;
  stream_name& operator=(const stream_name&) = delete;

  const char* data() const { return reinterpret_cast<const char*>(this) + sizeof *this; }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data(), size_}; }
  operator std::string_view() const { return view(); }
  std::string str() const { return std::string(view()); }

  friend bool operator==(const stream_name& a, std::string_view b) { return a.view() == b; }

private:
  std::uint16_t size_;
};

}  // namespace spindrift
