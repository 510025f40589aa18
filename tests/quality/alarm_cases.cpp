// alarm_cases [--form NAME] [FILE]: what tests/quality/cases asks of spindrift-detect, with each alarm of one form of
// the event alarm for a notice. Reads points as they come on the wire, a line each, from stdin.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/detect/ensemble/ensemble.hpp"
#include "tests/quality/literal_alarm.hpp"

namespace {

using namespace spindrift;
using spindrift::quality::literal_alarm;
using teller = std::function<bool(double value, double t_seconds)>;

teller begin(const std::string& form, std::size_t features) {
  static const ensemble_settings defaults;
  static const std::map<std::string, literal_alarm::form> forms = {{"literal", {}},
                                                                   {"drawn-in", {.draws_in = true}},
                                                                   {"unbiased", {.is_unbiased = true}},
                                                                   {"around-mean", {.is_around_mean = true}},
                                                                   {"all", {true, true, true}}};
  if (form == "ours") {
    auto ours = std::make_shared<ensemble>(defaults);
    ours->share_among(features);
    return [ours](double value, double t) { return ours->update(value, t).alarm; };
  }
  auto literal = std::make_shared<literal_alarm>(forms.at(form));
  return [literal](double value, double t) { return literal->update(value, t).alarm; };
}

}  // namespace

int main(int argc, char** argv) {
  std::string form = "literal";
  std::string file;
  CLI::App app("Alarms of one form of the event alarm as notices, for the cases", "alarm_cases");
  app.add_option("--form", form)
      ->check(CLI::IsMember(std::vector<std::string>{"literal", "drawn-in", "unbiased", "around-mean", "all", "ours"}));
  app.add_option("FILE", file, "stdin, whatever its name");
  CLI11_PARSE(app, argc, argv);

  std::map<std::string, std::vector<teller>> streams;
  for (std::string line; std::getline(std::cin, line);) {
    const auto point = nlohmann::json::parse(line);
    std::vector<double> values;
    if (point.contains("values")) {
      for (const auto& each : point["values"]) values.push_back(each.get<double>());
    } else {
      values.push_back(point["value"].get<double>());
    }
    std::vector<teller>& of = streams[point.value("stream", "default")];
    while (of.size() < values.size()) of.push_back(begin(form, values.size()));
    bool told = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      told = of[i](values[i], point["ts"].get<double>() / 1'000) || told;
    }
    std::cout << "{\"type\":\"verdict\",\"anomaly\":false}\n";
    if (told) std::cout << "{\"type\":\"event\",\"state\":\"open\",\"kind\":\"pattern\"}\n";
  }
}
