// Tokens: a file of identities, each with the SHA-256 digest of its token, so that the file gives no token away.
//
//   # name    digest of the token (64 hex digits)    what it may publish    what it may subscribe to    what else
//   plant-7   9f86d081884c7d65...                    publish=plant.7.*      subscribe=plant.*,boiler    may=reset
//
// Globs and rights are separated by commas; a key that is left out allows nothing. Any thread may ask and one may
// reload at the same time: whoever was admitted keeps the identity it got. At most identities_max lines. Cost of admit:
// one digest and a comparison with every line, always all of them, so that the time tells nothing.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/session/authenticator.hpp"

namespace spindrift {

using token_digest = std::array<unsigned char, 32>;

// Longest name of an identity: with a producer's name behind it, it must still be a name for the journal.
inline constexpr std::size_t identity_bytes_max = 100;

token_digest digest_of(std::string_view token);
// A new token of 256 random bits, and the line for the file. Throws std::runtime_error where there is no randomness.
struct new_token {
  std::string token;
  std::string line;
};
new_token make_token(std::string_view name, std::string_view publish, std::string_view subscribe,
                     std::string_view may = {});

// Takes "reset", "admin", or both with a comma into the identity. Returns the first word that is no right.
std::optional<std::string> give_rights(std::string_view words, identity& to);

class token_file final : public authenticator {
public:
  static constexpr std::size_t identities_max = 10'000;

  explicit token_file(std::string path) : path_(std::move(path)) {}

  // Reads the file; the identities change only when all of it is good. Returns what is wrong: "FILE:LINE: ...".
  std::optional<std::string> load();
  std::shared_ptr<const identity> admit(std::string_view token) const override;
  bool still_admits(const identity& who) const override;

private:
  struct entry {
    token_digest digest{};
    std::shared_ptr<const identity> who;
  };
  using entries = std::vector<entry>;

  void keep_known(entries& loaded) const;
  static std::optional<std::string> parse_line(std::string_view line, entry& into);

  std::string path_;
  mutable std::mutex lock_;
  std::shared_ptr<const entries> entries_ = std::make_shared<entries>();
  std::vector<const identity*> admitted_;  // of entries_, sorted: thousands of connections ask after a reload
};

}  // namespace spindrift
