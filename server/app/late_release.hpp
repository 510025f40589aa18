// Holds an HTTP answer back for a while: guessing tokens shall be slow. Looked at on the server's thread.
#pragma once

#include <chrono>
#include <functional>

#include "common/net/http_exchange.hpp"
#include "server/clock/clock.hpp"

namespace spindrift {

inline std::function<http_release()> released_after(std::chrono::milliseconds delay) {
  return [until = steady_ms() + delay.count()] {
    return steady_ms() >= until ? http_release::goes : http_release::not_yet;
  };
}

}  // namespace spindrift
