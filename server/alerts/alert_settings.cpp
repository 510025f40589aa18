// What is wrong with chosen alerts, and how they reach people.
#include "server/alerts/alert_settings.hpp"

#include <algorithm>
#include <set>

#include "common/model/event.hpp"
#include "common/text/page_address.hpp"
#include "common/text/printable.hpp"
#include "server/alerts/address.hpp"

namespace spindrift {
namespace {

constexpr std::string_view ways = "webhook, alertmanager, slack, mail or exec";

bool is_way(std::string_view name) {
  return name == "webhook" || name == "alertmanager" || name == "slack" || name == "mail" || name == "exec";
}

// Empty where the address will do.
std::string wrong_address(const alert_settings& chosen) {
  if (chosen.url.empty()) return {};
  const address_parts parts = parts_of(chosen.url);
  if (parts.host.empty()) {
    return "url: '" + chosen.url + "' is not allowed: give http://, https://, smtp://HOST:PORT or smtps://HOST:PORT";
  }
  if (parts.has_password) return "url: a password in an address is not allowed: give user and secret_file";
  if (parts.is_mail != (way_of(chosen) == alert_way::mail)) {
    return "url: '" + chosen.url + "' does not fit as = '" + chosen.as + "': mail goes by smtp:// or smtps://";
  }
  const bool has_secret = !chosen.secret_file.empty() || !chosen.secret_env.empty();
  if (has_secret && parts.scheme == "http" && !parts.is_loopback) {
    return "url: a secret over http:// to another machine is not allowed: give https://";
  }
  return {};
}

void complain_of(const alert_settings& chosen, std::vector<std::string>& complaints) {
  const std::string where = "[[alert]] " + (chosen.name.empty() ? "without a name" : chosen.name) + ": ";
  const auto say = [&](const std::string& wrong) {
    if (!wrong.empty()) complaints.push_back(where + wrong);
  };
  if (chosen.name.empty()) say("name: is missing; give a word that test-alert and [[stream]] can call it by");
  const auto ways_given = static_cast<int>(!chosen.url.empty()) + static_cast<int>(!chosen.url_file.empty()) +
                          static_cast<int>(!chosen.exec.empty());
  if (ways_given != 1) say("url, url_file and exec: one of the three is needed, and no more than one");
  if (!chosen.as.empty() && !is_way(chosen.as)) say("as: '" + chosen.as + "' is not allowed: " + std::string(ways));
  if ((chosen.as == "exec") != !chosen.exec.empty() && !chosen.as.empty()) say("as and exec: one goes with the other");
  for (const std::string& kind : chosen.kinds) {
    if (event_kind_named(kind)) continue;
    say("kinds: '" + kind + "' is not allowed: " + event_kinds_text());
  }
  say(wrong_address(chosen));
  if (!chosen.secret_file.empty() && !chosen.secret_env.empty()) say("secret_file and secret_env: give one of the two");
  if (chosen.secret_env.starts_with("SPINDRIFT_")) {
    say("secret_env: '" + chosen.secret_env +
        "' is not allowed: variables of that beginning are settings of the programs");
  }
  if (!chosen.exec.empty() && !chosen.exec.front().starts_with('/')) {
    say("exec: '" + chosen.exec.front() + "' is not allowed: give the program with its whole path");
  }
  if (way_of(chosen) != alert_way::mail) return;
  if (chosen.from.empty() || chosen.to.empty()) say("from and to: mail needs both");
  const auto has_control = [](const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
  };
  if (has_control(chosen.from) || std::any_of(chosen.to.begin(), chosen.to.end(), has_control)) {
    say("from and to: control characters are not allowed");
  }
}

}  // namespace

alert_way way_of(const alert_settings& chosen) {
  if (!chosen.exec.empty() || chosen.as == "exec") return alert_way::exec;
  if (chosen.as == "webhook") return alert_way::webhook;
  if (chosen.as == "alertmanager") return alert_way::alertmanager;
  if (chosen.as == "slack") return alert_way::slack;
  const address_parts parts = parts_of(chosen.url);
  if (chosen.as == "mail" || parts.is_mail) return alert_way::mail;
  if (parts.path.ends_with("/api/v2/alerts")) return alert_way::alertmanager;
  return parts.host == "hooks.slack.com" ? alert_way::slack : alert_way::webhook;
}

std::vector<alert_settings> alerts_settings::all() const {
  std::vector<alert_settings> chosen = alerts;
  if (!url.empty()) {
    alert_settings& made = chosen.emplace_back();
    made.name = command_line_name;
    made.url = url;
    made.budget = budget;
  }
  for (alert_settings& one : chosen) one.public_url = public_url;
  return chosen;
}

std::vector<std::string> validate(const alerts_settings& chosen) {
  std::vector<std::string> complaints;
  std::set<std::string> names;
  for (const alert_settings& one : chosen.all()) {
    complain_of(one, complaints);
    if (!one.name.empty() && !names.insert(one.name).second) {
      complaints.push_back("[[alert]] " + one.name + ": name: is there twice" +
                           (one.name == alerts_settings::command_line_name ? "; --alert-url has this one" : ""));
    }
  }
  if (chosen.budget > 0 && chosen.url.empty()) {
    complaints.emplace_back(
        "--alert-budget: without --alert-url there is nothing that it holds for: give that as well");
  }
  if (const std::string wrong = wrong_page_address(chosen.public_url); !wrong.empty()) complaints.push_back(wrong);
  for (const maintenance_settings& one : chosen.maintenances) {
    if (one.from_ms == 0 || one.to_ms == 0 || one.from_ms >= one.to_ms) {
      complaints.emplace_back("[[maintenance]] from, to: both are needed, and from before to");
    }
  }
  return complaints;
}

}  // namespace spindrift
