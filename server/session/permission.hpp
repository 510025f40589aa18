// What an identity allows. A null identity is that of a server without tokens: it allows everything. Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "common/model/glob.hpp"
#include "server/session/authenticator.hpp"

namespace spindrift {

inline bool may_publish(const identity* who, std::string_view stream) {
  return who == nullptr || std::any_of(who->publish.begin(), who->publish.end(),
                                       [stream](const std::string& pattern) { return matches(pattern, stream); });
}

inline bool may_see(const identity* who, std::string_view stream) {
  return who == nullptr || std::any_of(who->subscribe.begin(), who->subscribe.end(),
                                       [stream](const std::string& pattern) { return matches(pattern, stream); });
}

// Whether it may see every stream that `wanted` takes.
inline bool may_subscribe(const identity* who, std::string_view wanted) {
  return who == nullptr || std::any_of(who->subscribe.begin(), who->subscribe.end(),
                                       [wanted](const std::string& pattern) { return covers(pattern, wanted); });
}

}  // namespace spindrift
