// Takes the entries of tables, and prints them.
#include "common/cli/option_table.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "common/cli/config_file.hpp"
#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {

void option_set::take_tables(const config_file& file, texts& complaints) {
  for (const config_table& found : file.tables) {
    const option_table* const declared = find_table(found.name);
    if (declared == nullptr) {
      texts names;
      for (const option_table& known : tables_) names.push_back(known.name);
      complaints.push_back(found.where + ": unknown table " + in_quotes(found.name) +
                           nearest_name(found.name, names).hint());
      continue;
    }
    if (found.entries.size() > declared->entries_max) {
      complaints.push_back(found.where + ": " + std::to_string(found.entries.size()) + " times [[" + found.name +
                           "]]; allowed: at most " + std::to_string(declared->entries_max));
      continue;
    }
    declared->clear();
    std::vector<places>& taken_from = table_origins_[found.name];
    taken_from.clear();
    for (const config_file& entry : found.entries) {
      const table_entry made = declared->begin();
      made.keys->take_entry(entry, complaints);
      made.keep();
      taken_from.push_back(std::move(made.keys->origins_));
      // Where the table stands, for what is said of a key that is not there.
      taken_from.back()[""] = entry.entries.empty() ? found.where : entry.entries.front().where;
    }
  }
}

void option_set::take_entry(const config_file& entry, texts& complaints) {
  const given_by_key found = by_known_key(entry, complaints);
  for (const option& declared : options_) {
    const auto given_here = found.find(key_of_flag(declared));
    if (given_here == found.end()) continue;
    take_winner(declared, given_here->second, complaints);
    origins_[given_here->first] = given_here->second.where;
  }
  take_tables(entry, complaints);
}

const option_table* option_set::find_table(std::string_view name) const {
  for (const option_table& known : tables_) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::string option_set::print_tables(const std::string& above, origins wanted) const {
  std::string text;
  for (const option_table& declared : tables_) {
    const std::string name = above + declared.name;
    const auto found = table_origins_.find(declared.name);
    std::size_t index = 0;
    for (const table_entry& entry : declared.in_force()) {
      if (found != table_origins_.end() && index < found->second.size()) entry.keys->origins_ = found->second[index];
      ++index;
      text += "\n[[" + name + "]]\n" + entry.keys->print_own(wanted) + entry.keys->print_tables(name + ".", wanted);
    }
  }
  return text;
}

std::string option_set::origin_in_table(std::string_view table, std::size_t entry, std::string_view key) const {
  const auto found = table_origins_.find(table);
  if (found == table_origins_.end() || entry >= found->second.size()) return {};
  const auto where = found->second[entry].find(key);
  return where == found->second[entry].end() ? std::string() : where->second;
}

// "[[stream]] 2: alert: ..." or "--window: ...".
std::string option_set::place_of(const std::string& complaint) const {
  if (complaint.starts_with("[[")) {
    const std::size_t end = complaint.find("]] ");
    if (end == std::string::npos) return {};
    const std::string table = complaint.substr(2, end - 2);
    std::size_t number = 0;
    const char* const digits = complaint.data() + end + 3;
    const auto [rest, wrong] = std::from_chars(digits, complaint.data() + complaint.size(), number);
    if (wrong != std::errc() || number == 0) return {};
    const std::string_view behind(rest, static_cast<std::size_t>(complaint.data() + complaint.size() - rest));
    const std::string_view key = behind.starts_with(": ") ? behind.substr(2, behind.find(':', 2) - 2) : "";
    const std::string own = origin_in_table(table, number - 1, key);
    return own.empty() ? origin_in_table(table, number - 1, "") : own;
  }
  const auto origin = origins_.find(key_of(complaint.substr(0, complaint.find_first_of(": "))));
  return origin == origins_.end() || origin->second.starts_with("flag ") ? std::string() : origin->second;
}

}  // namespace spindrift
