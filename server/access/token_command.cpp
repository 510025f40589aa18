// Makes a token and prints the line that admits it.
#include "server/access/token_command.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "common/cli/options.hpp"
#include "common/protocol/name.hpp"
#include "server/access/token_file.hpp"

namespace spindrift {
namespace {

constexpr int words_of_command = 2;  // "token new", in place of the program's name

// What a flag holds that was not given: an empty one, of a shell variable that is not set, must not mean everything.
constexpr std::string_view not_given = "\n";

bool is_list_of_globs(std::string_view text) {
  if (text.empty() || text.front() == ',' || text.back() == ',' || text.find(",,") != std::string_view::npos) {
    return false;
  }
  // The file of tokens is one of words.
  if (text.find(' ') != std::string_view::npos) return false;
  std::string without_wildcards(text);
  for (char& c : without_wildcards) c = c == '*' || c == '?' ? 'x' : c;
  return is_name(without_wildcards, text.size());
}

int refuse(const std::string& complaint) {
  complain("spindriftd token new", complaint);
  return exit_bad_config;
}

}  // namespace

bool is_token_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "token";
}

int run_token_command(int argc, const char* const* argv) {
  const std::string_view verb = argc > words_of_command ? argv[words_of_command] : "";
  const bool asks_for_help = verb == "--help" || verb == "-h";
  if (verb != "new" && !asks_for_help) {
    std::fputs("spindriftd token: the command is `token new NAME`; --help says more\n", stderr);
    return exit_usage;
  }
  std::string name;
  std::string publish(not_given);
  std::string subscribe(not_given);
  std::string may;
  option_set options("spindriftd token new", "makes a token, and the line that admits it for the file of --tokens");
  options.add_positional("NAME", "whose token it is", name);
  options.add_text("--publish", "GLOBS", "streams it may send points of, separated by commas (default: none)", publish);
  options.add_text("--subscribe", "GLOBS", "streams it may see (default: none; with neither of the two, all of both)",
                   subscribe);
  options.add_text(
      "--may", "RIGHTS",
      "reset: let its producers begin anew; mark: say a person's word about events; admin: see the whole server's "
      "counters",
      may);
  if (asks_for_help) return print(options.help_text());
  const parse_result parsed = options.parse(argc - words_of_command, argv + words_of_command);
  if (!parsed.proceeds) return tell(parsed);
  if (!is_plain_name(name, identity_bytes_max)) {
    return refuse("NAME: '" + name + "' is not allowed: " + std::string(plain_name_rule) + ", at most " +
                  std::to_string(identity_bytes_max) + " bytes");
  }
  identity ignored;
  if (const auto unknown = give_rights(may, ignored))
    return refuse("--may: '" + *unknown + "' is no right: reset, mark, admin");
  if (publish == not_given && subscribe == not_given) publish = subscribe = "*";
  if (publish != not_given && !is_list_of_globs(publish)) {
    return refuse("--publish: '" + publish + "' is not a list of globs over stream names");
  }
  if (subscribe != not_given && !is_list_of_globs(subscribe)) {
    return refuse("--subscribe: '" + subscribe + "' is not a list of globs over stream names");
  }
  if (publish == not_given) publish.clear();
  if (subscribe == not_given) subscribe.clear();
  const new_token made = make_token(name, publish, subscribe, may);
  return print("token: " + made.token + "\n" + made.line + "\n");
}

}  // namespace spindrift
