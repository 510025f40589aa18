// Who may come in and what for. It answers for a token; the session asks it once, at hello, and then holds the
// identity. Implementations are safe to ask from any thread and may change their mind between two hellos (a reload).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/counters.hpp"

namespace spindrift {

// What one token's connections did since the server started, all of them together. Relaxed, as the server's own.
struct token_use {
  counter frames{0};
  counter points{0};
  counter duplicates{0};
  std::array<counter, counters::error_codes> errors{};  // by error_code
};

struct identity {
  std::string name;                    // for logs
  std::vector<std::string> publish;    // globs of streams it may send points of
  std::vector<std::string> subscribe;  // globs of streams it may see
  bool may_reset = false;              // may let its producers begin their numbering anew
  bool may_mark = false;               // may say what was expected, and what was real
  bool is_admin = false;               // sees what the whole server counts, not its own alone
  std::string key{};                   // tells it from another token of that name
  std::shared_ptr<token_use> use = std::make_shared<token_use>();
};

class authenticator {
public:
  virtual ~authenticator() = default;
  // Null for a token that is not known. Takes the same time whether the token is nearly right or not.
  virtual std::shared_ptr<const identity> admit(std::string_view token) const = 0;
  // Whether the token of somebody who was let in is still known, with the same rights.
  virtual bool still_admits(const identity& /*who*/) const { return true; }
};

}  // namespace spindrift
