// How error codes are spelt.
#include "common/protocol/error.hpp"

#include <array>
#include <cstddef>

namespace spindrift {
namespace {

constexpr std::array<std::string_view, 18> code_names = {"bad_json",
                                                         "bad_frame",
                                                         "bad_value",
                                                         "bad_stream",
                                                         "bad_seq",
                                                         "frame_too_large",
                                                         "unknown_op",
                                                         "unauthorized",
                                                         "forbidden",
                                                         "too_many_streams",
                                                         "too_many_connections",
                                                         "storage_full",
                                                         "memory_full",
                                                         "superseded",
                                                         "slow_consumer",
                                                         "idle",
                                                         "shutting_down",
                                                         "not_found"};
static_assert(code_names.size() == static_cast<std::size_t>(error_code::not_found) + 1);

}  // namespace

std::string_view name_of(error_code code) {
  return code_names[static_cast<std::size_t>(code)];
}

std::optional<error_code> error_code_named(std::string_view name) {
  for (std::size_t i = 0; i < code_names.size(); ++i) {
    if (code_names[i] == name) return static_cast<error_code>(i);
  }
  return std::nullopt;
}

}  // namespace spindrift
