// The strict rules of JSON that simdjson's On-Demand parser leaves to its caller, shared by decode and reply:
// whole-value validation of what is skipped, duplicate keys, depth, and the difference between a number that is no JSON
// and one beyond double. Internal to the protocol room. Nothing throws.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift::json_text {

// What is wrong with a text: empty `message` means nothing is.
struct fault {
  std::string message;
  explicit operator bool() const { return !message.empty(); }
};

// The text of a string, as a view into the frame when it holds no escape, else into `scratch`.
fault read_text(simdjson::ondemand::raw_json_string raw, simdjson::ondemand::parser& parser, std::string& scratch,
                std::string_view& text);
// True when nothing but blanks follows what has been read of the document.
bool is_at_end(simdjson::ondemand::document& document);
fault syntax_fault(simdjson::error_code code);

// The keys of one object, to find the second of its kind. Holds views: they must outlive the set.
class key_set {
public:
  // False when `key` is among the first few and was there already; has_duplicate() finds the others.
  bool insert(std::string_view key);
  // Asked once, when all keys are in. Sorts: whoever sends names could choose ones that collide in a hash table.
  bool has_duplicate();

private:
  static constexpr std::size_t few = 16;  // beyond it, sorting beats comparing all pairs
  std::array<std::string_view, few> first_{};
  std::size_t count_ = 0;
  std::vector<std::string_view> others_;
};

// Walks a value that nobody uses: everything in it must be valid JSON all the same. `depth` is the value's own level.
// A number that is valid JSON but beyond double is no fault of the text; it only raises the flag.
fault check_value(simdjson::ondemand::value value, simdjson::ondemand::parser& parser, std::size_t depth,
                  bool& is_beyond_double);

}  // namespace spindrift::json_text
