// Whether a text is one JSON object as the protocol wants it, by nlohmann's parser: valid, no duplicate key, not too
// deep, no number beyond double. The other opinion that the decoder is held against. Allocates; any thread.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/frame_limits.hpp"

namespace spindrift::support {

class json_oracle : public nlohmann::json_sax<nlohmann::json> {
public:
  enum class verdict { good, bad_json, beyond_double };

  static verdict judge(std::string_view text) {
    // nlohmann takes a NUL for the end of its input; in JSON it may stand nowhere.
    if (text.find('\0') != std::string_view::npos) return verdict::bad_json;
    json_oracle oracle;
    if (!nlohmann::json::sax_parse(text, &oracle)) {
      return oracle.is_beyond_double_ ? verdict::beyond_double : verdict::bad_json;
    }
    return oracle.is_object_ ? verdict::good : verdict::bad_json;
  }

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t&) override { return scalar(); }
  bool string(string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    is_object_ = is_object_ || keys_.empty();
    keys_.emplace_back();
    return keys_.size() <= limits::depth_max;
  }
  bool start_array(std::size_t) override {
    if (keys_.empty()) return false;
    keys_.emplace_back();
    return keys_.size() <= limits::depth_max;
  }
  bool key(string_t& name) override { return keys_.back().insert(name).second; }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& why) override {
    is_beyond_double_ = why.id == 406;  // out_of_range: "number overflow"
    return false;
  }

private:
  bool scalar() const { return !keys_.empty(); }
  bool leave() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys_;  // of the containers that are open
  bool is_object_ = false;
  bool is_beyond_double_ = false;
};

}  // namespace spindrift::support
