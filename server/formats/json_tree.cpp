// Builds the tree by simdjson's On-Demand parser, with the strict rules that it leaves to its caller.
#include "server/formats/json_tree.hpp"

#include <type_traits>
#include <utility>

#include "common/protocol/json_text.hpp"
#include "common/protocol/number_text.hpp"

namespace spindrift::formats {

namespace od = simdjson::ondemand;

static_assert(json_tree::padding_bytes >= simdjson::SIMDJSON_PADDING);

bool json_tree::fail(std::string message) {
  fault_ = std::move(message);
  return false;
}

const json_tree::node* json_tree::read(std::string_view text, text_arena& texts) {
  nodes_.assign(2, node{});  // 0 is none, 1 the root
  fault_.clear();
  od::document document;
  auto code = parser_.iterate(text.data(), text.size(), text.size() + padding_bytes).get(document);
  od::json_type type{};
  if (code == simdjson::SUCCESS) code = document.type().get(type);
  bool is_good = code == simdjson::SUCCESS;
  if (!is_good) fail(json_text::syntax_fault(code).message);
  if (is_good && type == od::json_type::object) {
    nodes_[1].is = kind::object;
    od::object object;
    is_good = document.get_object().get(object) == simdjson::SUCCESS ? add_members(object, 2, 1, texts)
                                                                     : fail("not valid JSON");
  } else if (is_good && type == od::json_type::array) {
    nodes_[1].is = kind::array;
    od::array array;
    is_good =
        document.get_array().get(array) == simdjson::SUCCESS ? add_members(array, 2, 1, texts) : fail("not valid JSON");
  } else if (is_good) {
    is_good = fail("neither an object nor an array");
  }
  if (is_good && !json_text::is_at_end(document)) is_good = fail("something follows the JSON");
  return is_good ? &nodes_[1] : nullptr;
}

template <class Container>
bool json_tree::add_members(Container members, std::size_t depth, std::uint32_t index, text_arena& texts) {
  if (depth > depth_max + 1) return fail("nested deeper than 16");
  json_text::key_set keys;
  std::uint32_t before = 0;
  for (auto member : members) {
    if (member.error() != simdjson::SUCCESS) return fail(json_text::syntax_fault(member.error()).message);
    const auto made = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    (before == 0 ? nodes_[index].first : nodes_[before].next) = made;
    before = made;
    od::value value;
    if constexpr (std::is_same_v<Container, od::object>) {
      od::raw_json_string raw;
      if (member.key().get(raw) != simdjson::SUCCESS) return fail("not valid JSON");
      std::string scratch;
      std::string_view key;
      if (const auto wrong = json_text::read_text(raw, parser_, scratch, key)) return fail(wrong.message);
      if (!scratch.empty()) key = texts.keep(scratch);
      if (!keys.insert(key)) return fail("duplicate key");
      nodes_[made].key = key;
      if (member.value().get(value) != simdjson::SUCCESS) return fail("not valid JSON");
    } else {
      if (member.get(value) != simdjson::SUCCESS) return fail("not valid JSON");
    }
    if (!add(value, depth, made, texts)) return false;
  }
  if (keys.has_duplicate()) return fail("duplicate key");
  return true;
}

bool json_tree::add(od::value value, std::size_t depth, std::uint32_t index, text_arena& texts) {
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS)
    return fail(json_text::syntax_fault(code).message);
  switch (type) {
    case od::json_type::object: {
      nodes_[index].is = kind::object;
      od::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS) return fail("not valid JSON");
      return add_members(object, depth + 1, index, texts);
    }
    case od::json_type::array: {
      nodes_[index].is = kind::array;
      od::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS) return fail("not valid JSON");
      return add_members(array, depth + 1, index, texts);
    }
    case od::json_type::string: {
      nodes_[index].is = kind::text;
      od::raw_json_string raw;
      std::string scratch;
      std::string_view text;
      if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) return fail("not valid JSON");
      if (const auto wrong = json_text::read_text(raw, parser_, scratch, text)) return fail(wrong.message);
      nodes_[index].text = scratch.empty() ? text : texts.keep(scratch);
      return true;
    }
    case od::json_type::number:
      nodes_[index].is = kind::number;
      nodes_[index].text = number_text::trimmed(value.raw_json_token());
      return number_text::is_number(nodes_[index].text) || fail("a number is malformed");
    case od::json_type::boolean: {
      nodes_[index].is = kind::boolean;
      bool flag = false;
      if (value.get_bool().get(flag) != simdjson::SUCCESS) return fail("a word is not true, false or null");
      nodes_[index].text = flag ? "true" : "false";
      return true;
    }
    case od::json_type::null: {
      bool is_null = false;
      if (value.is_null().get(is_null) != simdjson::SUCCESS || !is_null)
        return fail("a word is not true, false or null");
      return true;
    }
  }
  return fail("not valid JSON");
}

const json_tree::node* json_tree::find(const node& object, std::string_view key) const {
  if (object.is != kind::object) return nullptr;
  for (const node* member = first(object); member != nullptr; member = next(*member)) {
    if (member->key == key) return member;
  }
  return nullptr;
}

}  // namespace spindrift::formats
