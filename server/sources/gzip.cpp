// Unpacks in steps, so that what comes out is bounded before it is there.
#include "server/sources/gzip.hpp"

#include <zlib.h>

#include <array>
#include <climits>

namespace spindrift {

bool unpack_gzip(std::string_view packed, std::size_t bytes_max, std::string& out) {
  constexpr int gzip_or_zlib = 32 + MAX_WBITS;
  out.clear();
  if (packed.size() > UINT_MAX) return false;
  z_stream stream{};
  if (::inflateInit2(&stream, gzip_or_zlib) != Z_OK) return false;
  // zlib does not write to its input, but C has no word for that.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<char, 16'384> piece;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = piece.size() - stream.avail_out;
    if (out.size() + made > bytes_max) state = Z_BUF_ERROR;
    if (state == Z_OK || state == Z_STREAM_END) out.append(piece.data(), made);
    if (state == Z_OK && made == 0 && stream.avail_in == 0) state = Z_BUF_ERROR;
  }
  ::inflateEnd(&stream);
  return state == Z_STREAM_END;
}

}  // namespace spindrift
