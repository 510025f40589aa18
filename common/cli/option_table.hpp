// A table of settings that may stand several times in the file: `[[stream]]`, `[[alert]]`. What makes an entry is
// erased here, so that an option_set need not know the type; use option_set::add_table.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace spindrift {

class option_set;

// One entry: settings of its own, and the options that speak of them. `keep` hands the settings over once they are
// taken. The settings live as long as the entry.
struct table_entry {
  std::shared_ptr<void> settings;
  std::shared_ptr<option_set> keys;
  std::function<void()> keep;
};

struct option_table {
  std::string name;  // "stream"
  std::string help;
  std::size_t entries_max = 0;
  std::function<void()> clear;
  std::function<table_entry()> begin;                  // a fresh entry with the defaults
  std::function<std::vector<table_entry>()> in_force;  // those that are there, for --print-config
};

}  // namespace spindrift
