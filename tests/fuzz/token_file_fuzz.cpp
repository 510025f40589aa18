// Any bytes as the file of tokens: taken whole or refused with its place; nobody comes in with a token that the file
// does not have, and whoever comes in has a name.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/access/token_file.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift;
  using fuzz::require;
  static const int descriptor = ::memfd_create("tokens", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  require(::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, data, size, 0) == static_cast<ssize_t>(size),
          "the file cannot be written");
  token_file tokens(path);
  if (const auto wrong = tokens.load()) {
    require(wrong->starts_with(path), "a refusal without a place", *wrong);
    for (const char c : *wrong) require(static_cast<unsigned char>(c) >= 0x20, "a refusal with a control", *wrong);
    require(tokens.admit("x") == nullptr, "a refused file lets somebody in");
    return 0;
  }
  // SHA-256 of "open".
  constexpr std::string_view digest = "2348f998744212575d85959674f9607ab26f67708a917157472832386337c904";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto who = tokens.admit("open");
  if (who != nullptr) require(!who->name.empty() && who->name.size() <= identity_bytes_max, "somebody without a name");
  require(who == nullptr || text.find(digest) != std::string_view::npos, "somebody came in without a digest");
  require(tokens.admit("") == nullptr || text.find("e3b0c44298fc1c14") != std::string_view::npos,
          "somebody came in without a token");
  return 0;
}
