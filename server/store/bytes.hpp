// Fixed and variable-length integers, doubles and text as bytes, for the formats of this room: little-endian, LEB128,
// zig-zag for signed numbers.
//
// byte_buffer appends; it owns its bytes, keeps its capacity over clear(), and its `put_` functions write without a
// check into the room() asked for before. byte_reader takes from a view, never beyond it: after the first misfit ok()
// is false and every further number reads 0. One thread at a time.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace spindrift {

static_assert(std::endian::native == std::endian::little, "the files are little-endian and written as they are");

constexpr std::size_t varint_bytes_max = 10;

constexpr std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1U) ^ (0 - (number & 1U)));
}

class byte_buffer {
public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }
  char* at(std::size_t offset) { return bytes_.get() + offset; }
  void clear() { size_ = 0; }

  // Makes sure that `bytes` more can be put.
  void room(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
  }
  void put_byte(std::uint8_t byte) {
    assert(size_ < capacity_);
    bytes_[size_++] = static_cast<char>(byte);
  }
  template <class T>
  void put_fixed(T number) {
    assert(size_ + sizeof number <= capacity_);
    std::memcpy(bytes_.get() + size_, &number, sizeof number);
    size_ += sizeof number;
  }
  void put_varint(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) put_byte(static_cast<std::uint8_t>(number | 0x80U));
    put_byte(static_cast<std::uint8_t>(number));
  }
  void put_text(std::string_view text) {
    assert(size_ + text.size() <= capacity_);
    if (text.empty()) return;
    std::memcpy(bytes_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }
  // Appends zeros and says where they begin, for a header that is filled in later.
  std::size_t put_gap(std::size_t bytes) {
    room(bytes);
    std::memset(bytes_.get() + size_, 0, bytes);
    size_ += bytes;
    return size_ - bytes;
  }

private:
  void grow(std::size_t bytes) {
    const std::size_t capacity = (size_ + bytes) * 2 + 4096;
    auto larger = std::make_unique<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class byte_reader {
public:
  explicit byte_reader(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return in_.size(); }
  void refuse() { ok_ = false; }

  template <class T>
  T fixed() {
    T number{};
    if (!ok_ || in_.size() < sizeof number) {
      refuse();
      return number;
    }
    std::memcpy(&number, in_.data(), sizeof number);
    in_.remove_prefix(sizeof number);
    return number;
  }
  std::uint8_t byte() { return fixed<std::uint8_t>(); }
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      if (shift == 63 && part > 1) break;  // would not fit 64 bits
      number |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
      if ((part & 0x80U) == 0) return ok_ ? number : 0;
    }
    refuse();
    return 0;
  }
  std::string_view text(std::size_t bytes) {
    if (!ok_ || in_.size() < bytes) {
      refuse();
      return {};
    }
    const auto text = in_.substr(0, bytes);
    in_.remove_prefix(bytes);
    return text;
  }

private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace spindrift
