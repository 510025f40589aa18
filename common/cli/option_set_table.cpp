// Takes the entries of tables, and prints them.
#include "common/cli/option_table.hpp"

#include "common/cli/config_file.hpp"
#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/text/printable.hpp"

namespace spindrift {

void option_set::take_tables(const config_file& file, texts& complaints) const {
  for (const config_table& found : file.tables) {
    const option_table* const declared = find_table(found.name);
    if (declared == nullptr) {
      texts names;
      for (const option_table& known : tables_) names.push_back(known.name);
      const near_name near = nearest_name(found.name, names);
      complaints.push_back(found.where + ": unknown table " + in_quotes(found.name) +
                           (near.name.empty() ? ""
                            : near.is_likely  ? "; did you mean " + near.name
                                              : "; the nearest is " + near.name));
      continue;
    }
    if (found.entries.size() > declared->entries_max) {
      complaints.push_back(found.where + ": " + std::to_string(found.entries.size()) + " times [[" + found.name +
                           "]]; allowed: at most " + std::to_string(declared->entries_max));
      continue;
    }
    declared->clear();
    for (const config_file& entry : found.entries) {
      const table_entry made = declared->begin();
      made.keys->take_entry(entry, complaints);
      made.keep();
    }
  }
}

void option_set::take_entry(const config_file& entry, texts& complaints) const {
  const given_by_key found = by_known_key(entry, complaints);
  for (const option& declared : options_) {
    const auto given_here = found.find(key_of_flag(declared));
    if (given_here != found.end()) take_winner(declared, given_here->second, complaints);
  }
  take_tables(entry, complaints);
}

const option_table* option_set::find_table(std::string_view name) const {
  for (const option_table& known : tables_) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::string option_set::print_tables(const std::string& above) const {
  std::string text;
  for (const option_table& declared : tables_) {
    const std::string name = above + declared.name;
    for (const table_entry& entry : declared.in_force()) {
      text += "\n[[" + name + "]]\n" + entry.keys->print_own() + entry.keys->print_tables(name + ".");
    }
  }
  return text;
}

}  // namespace spindrift
