// Reads protobuf's wire format, field by field: enough for messages whose few fields we know. No descriptors, no
// copies.
//
// A message is a view; next() steps over its fields and never reads beyond it. After bytes that are no protobuf, or a
// field that would end outside, ok() is false and next() gives nothing more. Source: the encoding page of protobuf's
// documentation. Nothing throws or allocates; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace spindrift::formats {

class protobuf_message {
public:
  enum class wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  explicit protobuf_message(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // False: the end, or bytes that are no protobuf.
  bool next() {
    if (at_ == end_ || !ok_) return false;
    const std::uint64_t tag = varint();
    number_ = static_cast<std::uint32_t>(tag >> 3U);
    type_ = static_cast<wire>(tag & 7U);
    if (number_ == 0) ok_ = false;
    switch (type_) {
      case wire::varint:
        integer_ = varint();
        break;
      case wire::fixed64:
        take_fixed(8);
        break;
      case wire::fixed32:
        take_fixed(4);
        break;
      case wire::bytes: {
        const std::uint64_t size = varint();
        if (!ok_ || size > left()) return ok_ = false;
        bytes_ = {at_, size};
        at_ += size;
        break;
      }
      default:
        ok_ = false;  // groups went out of use before any of the formats here began
    }
    return ok_;
  }

  bool ok() const { return ok_; }
  bool is(std::uint32_t number, wire type) const { return number_ == number && type_ == type; }
  std::uint32_t number() const { return number_; }
  std::string_view bytes() const { return bytes_; }
  std::uint64_t integer() const { return integer_; }
  double real() const { return std::bit_cast<double>(integer_); }

private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  std::uint64_t varint() {
    // Tags and lengths have one byte, as a rule.
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) return static_cast<unsigned char>(*at_++);
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  void take_fixed(std::size_t size) {
    integer_ = 0;
    if (left() < size) {
      ok_ = false;
      return;
    }
    // Little endian, as every machine that this runs on is.
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(&integer_, at_, size);
    at_ += size;
  }

  const char* at_;
  const char* end_;
  std::string_view bytes_;
  std::uint64_t integer_ = 0;
  std::uint32_t number_ = 0;
  wire type_ = wire::varint;
  bool ok_ = true;
};

}  // namespace spindrift::formats
