// Reads the file of tokens and answers for them.
#include "server/access/token_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include "common/protocol/name.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::string to_hex(const token_digest& bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += hex_digits[byte >> 4U];
    text += hex_digits[byte & 15U];
  }
  return text;
}

bool from_hex(std::string_view text, token_digest& bytes) {
  if (text.size() != bytes.size() * 2) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = hex_digits.find(text[i]);
    if (digit == std::string_view::npos) return false;
    const unsigned high = bytes[i / 2];
    bytes[i / 2] = static_cast<unsigned char>((high << 4U) | static_cast<unsigned>(digit));
  }
  return true;
}

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  text.remove_prefix(begin);
  const std::size_t length = std::min(text.find_first_of(" \t\r"), text.size());
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

std::vector<std::string> split_globs(std::string_view text) {
  std::vector<std::string> globs;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) globs.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return globs;
}

bool is_alike(const identity& a, const identity& b) {
  return a.name == b.name && a.publish == b.publish && a.subscribe == b.subscribe && a.may_reset == b.may_reset &&
         a.may_mark == b.may_mark && a.is_admin == b.is_admin;
}

}  // namespace

token_digest digest_of(std::string_view token) {
  token_digest digest{};
  unsigned length = 0;
  if (EVP_Digest(token.data(), token.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  return digest;
}

std::optional<std::string> give_rights(std::string_view words, identity& to) {
  for (const std::string& word : split_globs(words)) {
    if (word != "reset" && word != "mark" && word != "admin") return word;
    (word == "reset" ? to.may_reset : word == "mark" ? to.may_mark : to.is_admin) = true;
  }
  return std::nullopt;
}

new_token make_token(std::string_view name, std::string_view publish, std::string_view subscribe,
                     std::string_view may) {
  token_digest random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw std::runtime_error("no randomness to be had");
  new_token made{to_hex(random), std::string(name)};
  made.line += ' ' + to_hex(digest_of(made.token));
  if (!publish.empty()) made.line.append(" publish=").append(publish);
  if (!subscribe.empty()) made.line.append(" subscribe=").append(subscribe);
  if (!may.empty()) made.line.append(" may=").append(may);
  return made;
}

std::optional<std::string> token_file::load() {
  std::ifstream in(path_);
  if (!in) return path_ + ": cannot be read";
  auto loaded = std::make_shared<entries>();
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string_view rest = line;
    std::string_view probe = rest;
    if (const std::string_view first = next_word(probe); first.empty() || first.front() == '#') continue;
    entry made;
    auto wrong = parse_line(rest, made);
    if (!wrong && loaded->size() == identities_max) wrong = "more than 10000 identities";
    if (wrong) return path_ + ":" + std::to_string(number) + ": " + *wrong;
    loaded->push_back(std::move(made));
  }
  if (loaded->empty())
    return path_ + ": no identity in it, so nobody could come in; spindriftd token new NAME makes one";
  const std::lock_guard guard(lock_);
  keep_known(*loaded);
  admitted_.clear();
  for (const entry& known : *loaded) admitted_.push_back(known.who.get());
  std::sort(admitted_.begin(), admitted_.end(), std::less<>());
  entries_ = std::move(loaded);
  return std::nullopt;
}

// Whoever stays with the same rights stays the same, so that it is counted on.
void token_file::keep_known(entries& loaded) const {
  std::map<std::string_view, const entry*> before;
  for (const entry& known : *entries_) before.emplace(known.who->key, &known);
  for (entry& made : loaded) {
    const auto known = before.find(made.who->key);
    if (known != before.end() && is_alike(*known->second->who, *made.who)) made.who = known->second->who;
  }
}

bool token_file::still_admits(const identity& who) const {
  const std::lock_guard guard(lock_);
  return std::binary_search(admitted_.begin(), admitted_.end(), &who, std::less<>());
}

std::optional<std::string> token_file::parse_line(std::string_view line, entry& into) {
  identity who;
  who.name = next_word(line);
  if (!is_plain_name(who.name, identity_bytes_max))
    return in_quotes(who.name) + " is no name: " + std::string(plain_name_rule);
  if (!from_hex(next_word(line), into.digest))
    return "the second word is not a SHA-256 digest of 64 lower-case hex digits";
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    if (word.starts_with("publish=")) {
      who.publish = split_globs(word.substr(8));
    } else if (word.starts_with("subscribe=")) {
      who.subscribe = split_globs(word.substr(10));
    } else if (word.starts_with("may=")) {
      const auto unknown = give_rights(word.substr(4), who);
      if (unknown) return "may=: " + in_quotes(*unknown) + " is no right: reset, mark, admin";
    } else {
      return in_quotes(word) + " is none of publish=GLOBS, subscribe=GLOBS, may=RIGHTS";
    }
  }
  who.key.assign(into.digest.begin(), into.digest.end());
  into.who = std::make_shared<const identity>(std::move(who));
  return std::nullopt;
}

std::shared_ptr<const identity> token_file::admit(std::string_view token) const {
  std::shared_ptr<const entries> known;
  {
    const std::lock_guard guard(lock_);
    known = entries_;
  }
  const token_digest digest = digest_of(token);
  std::shared_ptr<const identity> found;
  for (const entry& held : *known) {
    const bool is_equal = CRYPTO_memcmp(held.digest.data(), digest.data(), digest.size()) == 0;
    if (is_equal && !found) found = held.who;
  }
  return found;
}

}  // namespace spindrift
