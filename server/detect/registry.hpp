// The detectors there are: one entry each, with all that the rest of the house asks of it: how it is called, what its
// saved state goes by, its settings with their options, what it may grow to, how it is made.
//
// A new detector that judges whole points (point_judge.hpp) is its own two files and an entry here; its settings, if
// it has any, are a struct in settings.hpp. One that judges single values, and so takes part in what the others say,
// gets its call in feature_detector as well (detector.cpp): those calls are not virtual, since they are the whole cost
// of a point. Tags, once given, are never given to another, and stand in files (docs/store_format.md).
//
// Constant; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/detect/learned_network.hpp"
#include "server/detect/point_judge.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

// From 16 on: the smaller ones are for what a stream has beside its detectors. Those with a name here are spoken of
// elsewhere; another needs none, and has its number in its entry.
enum class detector_tag : std::uint16_t {
  classic_zscore = 16,
  robust_zscore = 17,
  adwin = 18,
  ensemble = 19,
  isolation_forest = 20,
  clock = 21,  // of the event times: always there, and no detector
};

// One of several words.
struct detector_choice {
  std::vector<std::string_view> words;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};
// One setting as flag, environment variable and key of the configuration file. Ranges are for validate() to judge.
struct detector_option {
  std::string_view flag;
  std::string_view placeholder;  // empty for a switch
  std::string_view help;
  std::variant<bool*, unsigned*, double*, detector_choice> target;
};

struct detector_entry {
  detector_tag tag{};
  std::string_view name{};   // as --detectors and `by` in a verdict spell it; two methods may share one
  std::string_view title{};  // the name, and the method where there are two
  std::string_view finds{};  // in a sentence, for people
  std::uint16_t state_version = 0;
  std::uint16_t state_version_read = 0;   // the oldest that is read as well; 0: none
  bool judges_points = false;             // `by` may name it
  bool detector_settings::*on = nullptr;  // its switch; null: always there
  // Whether it runs, of the methods that share the switch.
  bool (*is_chosen)(const detector_settings& settings) = nullptr;
  // A hash of those settings that decide what its state looks like; thresholds do not.
  std::uint32_t (*state_settings)(const detector_settings& settings) = nullptr;
  // What it takes in a stream of so many values that is old and busy.
  std::size_t (*grown_bytes)(const detector_settings& settings, std::size_t values) = nullptr;
  std::vector<std::string> (*complaints)(const detector_settings& settings) = nullptr;
  void (*append_options)(detector_settings& settings, std::vector<detector_option>& options) = nullptr;
  // Null for what is part of feature_detector.
  std::unique_ptr<point_judge> (*make)(const detector_settings& settings, std::size_t values) = nullptr;
  // Of those that can learn one network for many streams (shared_networks.hpp): a new one, the version of its state,
  // and the detector of a stream that looks at it. Else null.
  std::uint16_t network_version = 0;
  std::shared_ptr<learned_network> (*make_network)(std::size_t values) = nullptr;
  std::unique_ptr<point_judge> (*make_with)(const detector_settings& settings, std::size_t values,
                                            const std::shared_ptr<learned_network>& network) = nullptr;

  bool runs(const detector_settings& settings) const {
    return (on == nullptr || settings.*on) && (is_chosen == nullptr || is_chosen(settings));
  }
};

// In the order of their tags.
std::span<const detector_entry> detectors();
// Those that can be switched on and off, each name once.
struct detector_switch {
  std::string_view name;
  bool detector_settings::*on;
};
std::vector<detector_switch> detector_switches();
// Null for a tag that is nobody's.
const detector_entry* find_detector(detector_tag tag);

// The names of those that judge points, each once, and the bit of each in reading::judged_by: 1, 2, 4 … in this order.
// point_detector_names (common/model/verdict.hpp) has the same names in the same order, for those who see no detector.
std::span<const std::string_view> judge_names();
std::uint8_t judge_bit(std::string_view name);

}  // namespace spindrift
