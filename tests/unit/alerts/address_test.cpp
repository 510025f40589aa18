// The parts of an alert's address.
#include "server/alerts/address.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(address, has_scheme_host_and_path) {
  const address_parts parts = parts_of("https://hooks.example:8443/a/b?token=x#y");
  EXPECT_EQ(parts.scheme, "https");
  EXPECT_EQ(parts.host, "hooks.example");
  EXPECT_EQ(parts.path, "/a/b");
  EXPECT_FALSE(parts.is_mail);
  EXPECT_FALSE(parts.is_loopback);
  EXPECT_FALSE(parts.has_password);
}

TEST(address, may_have_no_path) {
  EXPECT_EQ(parts_of("http://a").path, "");
  EXPECT_EQ(parts_of("http://a?b").host, "a");
  EXPECT_EQ(parts_of("http://a?b").path, "");
  EXPECT_EQ(parts_of("http://a#b/c").host, "a");
}

TEST(address, of_ipv6_is_told_without_its_brackets) {
  EXPECT_EQ(parts_of("http://[2001:db8::1]:80/x").host, "2001:db8::1");
  EXPECT_TRUE(parts_of("http://[::1]/x").is_loopback);
  EXPECT_EQ(parts_of("http://[::1/x").host, "") << "the bracket is not closed";
}

TEST(address, knows_what_is_on_this_machine) {
  for (const char* const near : {"http://localhost", "http://127.0.0.1:1/x", "smtp://127.1.2.3"}) {
    EXPECT_TRUE(parts_of(near).is_loopback) << near;
  }
  for (const char* const far : {"http://localhost.example", "http://128.0.0.1", "http://127.0.0.1@example"}) {
    EXPECT_FALSE(parts_of(far).is_loopback) << far;
  }
}

TEST(address, tells_a_password_from_a_name_and_a_port) {
  EXPECT_TRUE(parts_of("https://me:secret@a/").has_password);
  EXPECT_FALSE(parts_of("https://me@a:80/").has_password);
  EXPECT_FALSE(parts_of("https://a:80/x@y:z").has_password) << "what stands in the path";
  EXPECT_EQ(parts_of("https://me:p@ss@a/").host, "a");
}

TEST(address, of_mail_is_smtp_or_smtps) {
  EXPECT_TRUE(parts_of("smtp://mail.example:25").is_mail);
  EXPECT_TRUE(parts_of("smtps://mail.example").is_mail);
  EXPECT_FALSE(parts_of("https://mail.example").is_mail);
}

TEST(address, that_is_none_has_no_host) {
  for (const char* const wrong : {"", "example", "ftp://a", "http:/a", "http://a b", "http://\xc3\xbc", "http://a\n"}) {
    EXPECT_EQ(parts_of(wrong).host, "") << wrong;
  }
}

}  // namespace
}  // namespace spindrift
