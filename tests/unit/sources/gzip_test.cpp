// Packed bodies: what is unpacked, and where it stops.
#include "server/sources/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace spindrift {
namespace {

std::string packed(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 1'000, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.erase(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

TEST(gzip, unpacks_gzip_and_zlib) {
  for (const int window_bits : {16 + MAX_WBITS, MAX_WBITS}) {
    std::string out;
    EXPECT_TRUE(unpack_gzip(packed("m v=1\nm v=2\n", window_bits), 1'000, out));
    EXPECT_EQ(out, "m v=1\nm v=2\n");
  }
}

TEST(gzip, stops_at_the_limit_whatever_is_promised) {
  const std::string bomb = packed(std::string(1'000'000, 'a'), 16 + MAX_WBITS);
  std::string out;
  EXPECT_FALSE(unpack_gzip(bomb, 100'000, out));
  EXPECT_LE(out.size(), 100'000U);
  EXPECT_TRUE(unpack_gzip(bomb, 1'000'000, out));
}

TEST(gzip, refuses_what_is_cut_or_none) {
  const std::string whole = packed("some text to be cut", 16 + MAX_WBITS);
  std::string out;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(unpack_gzip(std::string_view(whole).substr(0, size), 1'000, out)) << size;
  }
  EXPECT_FALSE(unpack_gzip("plain text", 1'000, out));
}

}  // namespace
}  // namespace spindrift
