// The header that a proxy sends, whole, byte by byte, and broken.
#include "server/net/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace spindrift {
namespace {

using namespace std::string_literals;
using kind = proxy_header::kind;

const std::string version_2 = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string v2_of_4 = version_2 + "\x21\x11\x00\x0c"s + "\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x67\x1c\x03"s;
const std::string v2_of_6 = version_2 + "\x21\x21\x00\x24"s + "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s +
                            std::string(16, '\0') + "\x12\x67\x1c\x03"s;

// As a reader does it: never a byte more than is wanted.
std::pair<proxy_header, std::size_t> read_all(const std::string& sent) {
  std::size_t taken = 0;
  for (;;) {
    const proxy_header seen = read_proxy_header(sent.substr(0, taken));
    if (seen.is != kind::partial) return {seen, taken};
    EXPECT_GT(seen.wanted, 0U);
    if (taken + seen.wanted > sent.size()) return {seen, taken};
    taken += seen.wanted;
  }
}

TEST(proxy_header, names_the_client_and_takes_no_byte_of_his) {
  const std::string line = "PROXY TCP4 192.0.2.1 192.0.2.2 4711 7171\r\n";
  const auto [seen, taken] = read_all(line + "{\"value\":1}\n");
  EXPECT_EQ(seen.is, kind::client);
  EXPECT_EQ(seen.client, "192.0.2.1:4711");
  EXPECT_EQ(taken, line.size());
}

TEST(proxy_header, reads_addresses_of_both_kinds_in_both_versions) {
  EXPECT_EQ(read_all("PROXY TCP6 2001:db8::1 ::1 4711 7171\r\n").first.client, "[2001:db8::1]:4711");
  EXPECT_EQ(read_all(v2_of_4 + "x").first.client, "192.0.2.1:4711");
  EXPECT_EQ(read_all(v2_of_4 + "x").second, v2_of_4.size());
  EXPECT_EQ(read_all(v2_of_6).first.client, "[2001:db8::1]:4711");
}

TEST(proxy_header, a_proxy_may_speak_for_itself) {
  EXPECT_EQ(read_all("PROXY UNKNOWN\r\n").first.is, kind::local);
  EXPECT_EQ(read_all(version_2 + "\x20\x00\x00\x00"s).first.is, kind::local);
  // A Unix socket's address names nobody.
  EXPECT_EQ(read_all(version_2 + "\x21\x31\x00\x00"s).first.is, kind::local);
}

TEST(proxy_header, every_beginning_of_one_is_partial) {
  for (const std::string& whole : {"PROXY TCP4 192.0.2.1 192.0.2.2 4711 7171\r\n"s, v2_of_4, v2_of_6}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const proxy_header seen = read_proxy_header(whole.substr(0, size));
      ASSERT_EQ(seen.is, kind::partial) << size;
      EXPECT_LE(size + seen.wanted, whole.size()) << size;
    }
  }
}

TEST(proxy_header, refuses_what_is_none_or_broken) {
  for (const std::string& wrong :
       {"{\"stream\":\"a\",\"value\":1}\n"s, "GET / HTTP/1.1\r\n"s, "PROXY TCP4 1.2.3 192.0.2.2 4711 7171\r\n"s,
        "PROXY TCP4 192.0.2.1 192.0.2.2 99999 7171\r\n"s, "PROXY TCP5 a b 1 2 and more\r\n"s,
        "PROXY TCP4 192.0.2.1\r\n"s, "PROXY " + std::string(200, 'x'), version_2 + "\x31\x11\x00\x0c"s,
        version_2 + "\x21\x11\xff\xff"s}) {
    EXPECT_EQ(read_all(wrong).first.is, kind::none) << wrong;
  }
}

}  // namespace
}  // namespace spindrift
