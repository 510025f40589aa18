// Finds names, values, times and tags in a tree of JSON.
#include "server/formats/json_tools.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "common/model/limit.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/formats/json_tree.hpp"
#include "server/formats/number.hpp"
#include "server/formats/otlp.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

using kind = json_tree::kind;
using node = json_tree::node;
using tag_list = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::size_t nested_texts_max = 2;  // JSON in a text in JSON

// What an object inherits from those around it.
struct surroundings {
  std::string name;
  std::string_view fallback;  // the name of what names itself nowhere
  tag_list tags;
  std::optional<std::int64_t> ts;
};

class reader {
public:
  reader(const json_tree& tree, const field_mapping& fields, parsed& into, std::string_view line, std::size_t nested)
      : tree_(tree), fields_(fields), into_(into), line_(line), nested_(nested) {}

  void read(const node& from, const surroundings& outer) {
    if (from.is == kind::object) return read_object(from, outer);
    for (const node* item = tree_.first(from); item != nullptr; item = tree_.next(*item)) {
      if (item->is == kind::object) read_object(*item, outer);
    }
  }

private:
  void read_object(const node& object, const surroundings& outer) {
    surroundings here = outer;
    const node* const time = find_time(object, here);
    const node* const value = find_first(object, fields_.values);
    add_name(object, value != nullptr, here);
    for (const std::string& key : fields_.tags) add_tags(find_path(object, key), here);
    if (read_known_shape(object, here)) return;
    if (const node* const values = tree_.find(object, "values");
        values != nullptr && read_values(object, *values, here))
      return;
    if (value != nullptr) return read_value(*value, here);
    read_members(object, time, here);
  }

  const node* find_path(const node& object, std::string_view path) const {
    const std::size_t slash = path.find('/');
    const node* const outer = tree_.find(object, path.substr(0, slash));
    if (outer == nullptr || slash == std::string_view::npos) return outer;
    return outer->is == kind::object ? tree_.find(*outer, path.substr(slash + 1)) : nullptr;
  }

  const node* find_first(const node& object, const std::vector<std::string>& keys) const {
    for (const std::string& key : keys) {
      if (const node* const found = tree_.find(object, key)) return found;
    }
    return nullptr;
  }

  const node* find_time(const node& object, surroundings& here) const {
    for (const std::string& key : fields_.times) {
      const node* const found = tree_.find(object, key);
      if (found == nullptr || (found->is != kind::number && found->is != kind::text)) continue;
      const auto ts = read_time(found->text);
      if (!ts) continue;
      here.ts = ts;
      return found;
    }
    return nullptr;
  }

  // Numbers are names only where a value stands beside them, else they are values themselves.
  std::string_view name_text(const node* from, bool has_value) const {
    if (from == nullptr) return {};
    if (from->is == kind::text) return from->text;
    return from->is == kind::number && has_value ? from->text : std::string_view{};
  }

  void add_name(const node& object, bool has_value, surroundings& here) const {
    for (const std::string& key : fields_.names) {
      const std::size_t slash = key.find('/');
      std::string name(name_text(tree_.find(object, key.substr(0, slash)), has_value));
      if (name.empty()) {
        if (key == "metric" && add_metric_object(tree_.find(object, key), here)) return;
        continue;
      }
      if (slash != std::string::npos) {
        const std::string_view second = name_text(tree_.find(object, key.substr(slash + 1)), has_value);
        if (second.empty()) continue;
        name.append(1, '.').append(second);
      }
      here.name = here.name.empty() ? std::move(name) : here.name + '.' + name;
      return;
    }
  }

  // Prometheus: {"metric":{"__name__":"up","job":"x"},...}
  bool add_metric_object(const node* metric, surroundings& here) const {
    if (metric == nullptr || metric->is != kind::object) return false;
    for (const node* label = tree_.first(*metric); label != nullptr; label = tree_.next(*label)) {
      if (label->key == "__name__") {
        here.name = label->text;
      } else if (label->is == kind::text) {
        here.tags.emplace_back(label->key, label->text);
      }
    }
    return true;
  }

  void add_tags(const node* from, surroundings& here) const {
    if (from == nullptr) return;
    if (from->is == kind::text && !from->text.empty()) add_tag(from->key, from->text, here);
    if (from->is != kind::object) return;
    for (const node* tag = tree_.first(*from); tag != nullptr; tag = tree_.next(*tag)) {
      if (tag->is == kind::text || tag->is == kind::number || tag->is == kind::boolean)
        add_tag(tag->key, tag->text, here);
    }
  }
  // host, hostname and tags.host often say the same; netdata's hostname is a host.
  static void add_tag(std::string_view key, std::string_view value, surroundings& here) {
    if (key == "hostname") key = "host";
    for (const auto& [known, text] : here.tags) {
      if (known == key) return;
    }
    here.tags.emplace_back(key, value);
  }

  bool is_tag(std::string_view key) const {
    return std::find(fields_.tags.begin(), fields_.tags.end(), key) != fields_.tags.end();
  }

  std::string full_name(const surroundings& here, std::string_view field, char separator) const {
    series_name name;
    std::string_view base = here.name.empty() ? here.fallback : std::string_view(here.name);
    if (base.empty() && field.empty()) base = limits::stream_default;
    name.begin(base);
    for (const auto& [key, value] : here.tags) name.add_tag(key, value);
    return std::string(name.build(field, separator));
  }

  void add_number(const node& value, const surroundings& here, std::string_view field = {}, char separator = '.') {
    into_.add_text(full_name(here, field, separator), trimmed(value.text), here.ts, line_);
  }

  // Shapes that say themselves whose they are. True: it was one.
  bool read_known_shape(const node& object, surroundings& here) {
    if (const node* const fields = tree_.find(object, "fields"); fields != nullptr && fields->is == kind::object) {
      // Telegraf: its field `value` is the metric itself, as in the line protocol.
      for (const node* field = tree_.first(*fields); field != nullptr; field = tree_.next(*field)) {
        if (field->is != kind::number) {
          into_.skip();
        } else {
          add_number(*field, here, field->key == "value" ? std::string_view{} : field->key, '_');
        }
      }
      return true;
    }
    if (read_named_text(object, here, "entity_id", "state", "last_updated")) return true;       // Home Assistant
    if (read_named_text(object, here, "SYSLOG_IDENTIFIER", "MESSAGE", "__REALTIME_TIMESTAMP"))  // journald
      return true;
    // Datadog: [time, value] again and again; Graphite, when it is asked: [value, time].
    for (const std::string_view list : {"points", "datapoints"}) {
      const node* const pairs = tree_.find(object, list);
      const node* const first = pairs == nullptr || pairs->is != kind::array ? nullptr : tree_.first(*pairs);
      if (first == nullptr || first->is != kind::array || tree_.find(object, "columns") != nullptr) continue;
      if (const node* const target = tree_.find(object, "target"); target != nullptr && here.name.empty()) {
        here.name = target->text;
      }
      for (const node* pair = first; pair != nullptr; pair = tree_.next(*pair)) {
        if (pair->is == kind::array) read_pair(*pair, here, list == "datapoints");
      }
      return true;
    }
    for (const std::string_view type : {"gauge", "counter"}) {
      const node* const typed = tree_.find(object, type);
      const node* const value = typed == nullptr ? nullptr : tree_.find(*typed, "value");
      if (value == nullptr || value->is != kind::number) continue;
      const node* const space = tree_.find(object, "namespace");
      if (space != nullptr && space->is == kind::text && !space->text.empty()) {
        here.name = std::string(space->text) + '_' + here.name;
      }
      const std::size_t before = into_.points().size();
      add_number(*value, here);
      // Vector: an absolute counter grows, an incremental one is what was added.
      const node* const how = tree_.find(object, "kind");
      if (type == "counter" && how != nullptr && how->text == "absolute") into_.mark_counters(before);
      return true;
    }
    return false;
  }

  // An object whose value is a text under a name that means a value nowhere else.
  bool read_named_text(const node& object, surroundings& here, std::string_view name, std::string_view value,
                       std::string_view time) {
    const node* const named = tree_.find(object, name);
    const node* const text = tree_.find(object, value);
    if (named == nullptr || text == nullptr || named->is != kind::text || named->text.empty()) return false;
    here.name = named->text;
    if (const node* const host = tree_.find(object, "_HOSTNAME")) add_tag("host", host->text, here);
    const node* const when = tree_.find(object, time);
    if (const auto ts = when == nullptr ? std::nullopt : read_time(when->text)) here.ts = ts;
    read_value(*text, here);
    return true;
  }

  // `values`: the contract's features, collectd's list with its names, or a list of objects.
  bool read_values(const node& object, const node& values, surroundings& here) {
    if (values.is == kind::object) return read_features(values, here);
    if (values.is != kind::array) return false;
    const node* const names = tree_.find(object, "dsnames");
    if (names != nullptr && names->is == kind::array) {
      read_collectd(object, values, *names, here);
      return true;
    }
    const node* const head = tree_.first(values);
    if (head == nullptr || head->is != kind::object) return false;
    read(values, here);
    return true;
  }

  bool read_features(const node& values, const surroundings& here) {
    std::array<feature, model::features_max> features;
    std::size_t count = 0;
    for (const node* value = tree_.first(values); value != nullptr; value = tree_.next(*value)) {
      if (count == features.size() || (value->is != kind::number && value->is != kind::text)) return false;
      features[count].name = value->key;
      if (read_number(trimmed(value->text), features[count].value) != number_kind::number) return false;
      ++count;
    }
    into_.add_values(full_name(here, {}, '.'), {features.data(), count}, here.ts, line_);
    return true;
  }

  void read_collectd(const node& object, const node& values, const node& names, surroundings& here) {
    here.name.clear();
    for (const std::string_view key : {"plugin", "plugin_instance", "type", "type_instance"}) {
      const node* const part = tree_.find(object, key);
      if (part == nullptr || part->is != kind::text || part->text.empty()) continue;
      if (!here.name.empty()) here.name += '.';
      here.name += part->text;
    }
    const node* name = tree_.first(names);
    const node* const types = tree_.find(object, "dstypes");
    const node* type = types != nullptr && types->is == kind::array ? tree_.first(*types) : nullptr;
    for (const node* value = tree_.first(values); value != nullptr && name != nullptr; value = tree_.next(*value)) {
      const std::size_t before = into_.points().size();
      const bool only_grows = type != nullptr && (type->text == "derive" || type->text == "counter");
      if (type != nullptr) type = tree_.next(*type);
      if (value->is == kind::number) {
        add_number(*value, here, name->text == "value" ? std::string_view{} : name->text);
      } else {
        into_.skip();  // null: collectd has no value yet
      }
      if (only_grows) into_.mark_counters(before);
      name = tree_.next(*name);
    }
  }

  void read_value(const node& value, const surroundings& here) {
    switch (value.is) {
      case kind::number:
        return add_number(value, here);
      case kind::object:
        return read_object(value, here);
      case kind::array:
        return read_pair(value, here);
      case kind::text:
        if (read_nested(value.text, here)) return;
        return add_number(value, here);
      case kind::boolean:
      case kind::null:
        return into_.refuse(fault_cause::bad_value, line_, "the value is no number");
    }
  }

  // Prometheus: [time, "value"]; or a list of objects.
  void read_pair(const node& pair, surroundings here, bool value_first = false) {
    const node* time = tree_.first(pair);
    if (time != nullptr && time->is == kind::object) return read(pair, here);
    const node* value = time == nullptr ? nullptr : tree_.next(*time);
    const bool is_longer = value != nullptr && tree_.next(*value) != nullptr;
    if (value_first) std::swap(time, value);
    const auto ts = time == nullptr ? std::nullopt : read_time(time->text);
    if (value != nullptr && value->is == kind::null) return into_.skip();
    if (value == nullptr || !ts || is_longer) {
      return into_.refuse(fault_cause::bad_value, line_, "the value is a list");
    }
    here.ts = ts;
    add_number(*value, here);
  }

  bool read_nested(std::string_view text, const surroundings& here) {
    text = trimmed(text);
    if (text.empty() || (text.front() != '{' && text.front() != '[') || nested_ == nested_texts_max) return false;
    json_tree inner;
    const std::span<char> copy = into_.texts().room(text.size() + json_tree::padding_bytes);
    std::memcpy(copy.data(), text.data(), text.size());
    const node* const root = inner.read({copy.data(), text.size()}, into_.texts());
    if (root == nullptr) return false;
    reader(inner, fields_, into_, line_, nested_ + 1).read(*root, here);
    return true;
  }

  // Every number of an object that has no value of its own.
  void read_members(const node& object, const node* time, const surroundings& here) {
    for (const node* member = tree_.first(object); member != nullptr; member = tree_.next(*member)) {
      if (member == time || is_tag(member->key) || member->key.starts_with("@metadata")) continue;
      read_member(*member, here);
    }
  }

  void read_member(const node& member, const surroundings& here) {
    const auto is_named_text = std::find(fields_.texts.begin(), fields_.texts.end(), member.key) != fields_.texts.end();
    if (member.is == kind::number) {
      add_number(member, here, member.key);
    } else if (member.is == kind::object) {
      surroundings inner = here;
      inner.name = inner.name.empty() ? std::string(member.key) : inner.name + '.' + std::string(member.key);
      read_object(member, inner);
    } else if (member.is == kind::array) {
      read(member, here);
    } else if (member.is != kind::text || !is_named_text || !read_nested(member.text, here)) {
      into_.skip();
    }
  }

  const json_tree& tree_;
  const field_mapping& fields_;
  parsed& into_;
  std::string_view line_;
  std::size_t nested_;
};

// A parser keeps its buffers: one a thread.
json_tree& tree_of_this_thread() {
  thread_local json_tree tree;
  return tree;
}

}  // namespace

const field_mapping& default_mapping() {
  static const field_mapping mapping;
  return mapping;
}

json_result read_json(std::string_view text, const json_surroundings& around, parsed& into, std::string_view line) {
  text = trimmed(text);
  const std::span<char> copy = into.texts().room(text.size() + json_tree::padding_bytes);
  if (!text.empty()) std::memcpy(copy.data(), text.data(), text.size());
  std::memset(copy.data() + text.size(), ' ', json_tree::padding_bytes);
  json_tree& tree = tree_of_this_thread();
  const node* const root = tree.read({copy.data(), text.size()}, into.texts());
  if (root == nullptr) return json_result::invalid;
  const std::size_t points_before = into.points().size();
  const std::uint64_t faults_before = into.fault_count();
  if (tree.find(*root, "resourceMetrics") != nullptr) {
    read_otlp_json(tree, *root, into, line);
  } else {
    surroundings outer{{}, around.name, {}, around.ts};
    if (!around.host.empty()) outer.tags.emplace_back("host", around.host);
    reader(tree, into.mapping(), into, line, 0).read(*root, outer);
  }
  const bool has_any = into.points().size() > points_before || into.fault_count() > faults_before;
  return has_any ? json_result::read : json_result::nothing;
}

void read_json_text(std::string_view text, const json_surroundings& around, parsed& into, std::string_view line) {
  switch (read_json(text, around, into, line)) {
    case json_result::read:
      return;
    case json_result::nothing:
      return into.refuse(fault_cause::unknown_shape, line, "JSON in which no number has a name");
    case json_result::invalid:
      return into.refuse(fault_cause::bad_syntax, line, "no valid JSON");
  }
}

}  // namespace spindrift::formats
