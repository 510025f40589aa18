// The query of a request, "stream=a%2Fb&count=50": one value by its name, unescaped. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// The bytes that are meant; a percent sign that nothing fits behind stays. Plus signs are blanks.
std::string unescaped(std::string_view text);
// Empty where the query has no such name.
std::string query_text(std::string_view query, std::string_view name);
// All values of that name, in their order; empty ones are none.
std::vector<std::string> query_texts(std::string_view query, std::string_view name);
// The first name that is none of those, unescaped; empty: all are.
std::string unknown_query_name(std::string_view query, const std::vector<std::string_view>& known);
// `otherwise` where it is missing or no number; more than `most` is `most`.
std::uint64_t query_number(std::string_view query, std::string_view name, std::uint64_t otherwise, std::uint64_t most);

}  // namespace spindrift
