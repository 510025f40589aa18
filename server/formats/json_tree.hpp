// JSON as a tree of flat nodes, for shapes that are known only once all of them has been seen.
//
// Strict as the decoder is: RFC 8259, no duplicate keys, valid UTF-8, nothing nested deeper than depth_max. Numbers are
// kept as they are spelt. Views look into `text`, which the caller keeps with padding_bytes readable bytes behind it,
// and into the arena. A tree is used again and again; one thread at a time. Nothing throws but std::bad_alloc.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/formats/parsed.hpp"

namespace spindrift::formats {

class json_tree {
public:
  static constexpr std::size_t padding_bytes = 64;
  static constexpr std::size_t depth_max = 16;  // OpenTelemetry's metrics need 13

  enum class kind : std::uint8_t { null, boolean, number, text, object, array };
  struct node {
    kind is = kind::null;
    std::string_view key;     // of an object's member
    std::string_view text;    // of a text, or a number's spelling
    std::uint32_t first = 0;  // child; 0: none
    std::uint32_t next = 0;   // sibling; 0: none
  };

  // Null: it is no JSON; fault() says why.
  const node* read(std::string_view text, text_arena& texts);
  const std::string& fault() const { return fault_; }

  const node* first(const node& parent) const { return at(parent.first); }
  const node* next(const node& sibling) const { return at(sibling.next); }
  // A member of an object; null: there is none.
  const node* find(const node& object, std::string_view key) const;

private:
  const node* at(std::uint32_t index) const { return index == 0 ? nullptr : &nodes_[index]; }
  bool fail(std::string message);
  bool add(simdjson::ondemand::value value, std::size_t depth, std::uint32_t index, text_arena& texts);
  template <class Container>
  bool add_members(Container members, std::size_t depth, std::uint32_t index, text_arena& texts);

  simdjson::ondemand::parser parser_;
  std::vector<node> nodes_;
  std::string fault_;
};

}  // namespace spindrift::formats
