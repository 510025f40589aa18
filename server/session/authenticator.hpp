// Who may come in and what for. It answers for a token; the session asks it once, at hello, and then holds the
// identity. Implementations are safe to ask from any thread and may change their mind between two hellos (a reload).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct identity {
  std::string name;                    // for logs
  std::vector<std::string> publish;    // globs of streams it may send points of
  std::vector<std::string> subscribe;  // globs of streams it may see
  bool may_reset = false;              // may let its producers begin their numbering anew
};

class authenticator {
public:
  virtual ~authenticator() = default;
  // Null for a token that is not known. Takes the same time whether the token is nearly right or not.
  virtual std::shared_ptr<const identity> admit(std::string_view token) const = 0;
};

}  // namespace spindrift
