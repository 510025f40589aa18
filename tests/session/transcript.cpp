#include "tests/session/transcript.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace spindrift {
namespace {

using nlohmann::json;

// \r \n \t \\ \xNN
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    constexpr std::string_view letters = "rnt\\";
    constexpr std::string_view meanings = "\r\n\t\\";
    if (const auto at = letters.find(text[i]); at != std::string_view::npos) {
      out += meanings[at];
    } else if (text[i] == 'x' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      throw std::runtime_error("unknown escape");
    }
  }
  return out;
}

// {{text*count}}
std::string repeated(std::string_view text) {
  const auto begin = text.find("{{");
  const auto end = text.find("}}", begin);
  const auto star = text.rfind('*', end);
  if (begin == std::string_view::npos || end == std::string_view::npos || star == std::string_view::npos ||
      star < begin) {
    return std::string(text);
  }
  std::string out(text.substr(0, begin));
  for (int count = std::stoi(std::string(text.substr(star + 1, end - star - 1))); count > 0; --count) {
    out += text.substr(begin + 2, star - begin - 2);
  }
  return out + repeated(text.substr(end + 2));
}

transcript_line parse_command(transcript_line line, std::string_view text) {
  using kind = transcript_line::kind;
  if (text == "end") {
    line.what = kind::end;
  } else if (text == "gone") {
    line.what = kind::gone;
  } else if (text.starts_with("closed ")) {
    line.what = kind::closed;
    line.text = text.substr(7);
  } else {
    throw std::runtime_error("unknown event");
  }
  return line;
}

transcript_line parse_line(std::string_view text, int number) {
  using kind = transcript_line::kind;
  transcript_line line;
  line.number = number;
  if (text.front() >= 'A' && text.front() <= 'Z') {
    line.client = text.front();
    text.remove_prefix(1);
  }
  if (text.size() < 2 || text[1] != ' ') throw std::runtime_error("no such line");
  const char mark = text.front();
  text.remove_prefix(2);
  line.text = text;
  switch (mark) {
    case '>':
      line.text = repeated(text) + '\n';
      return line;
    case '|':
      line.text = unescaped(repeated(text));
      return line;
    case '<':
    case '~':
      line.what = mark == '<' ? kind::expect_reply : kind::expect_feed;
      if (!json::accept(text)) throw std::runtime_error("expects what is no JSON");
      return line;
    case '@':
      line.what = kind::wait;
      return line;
    case ':':
      line.what = kind::set;
      return line;
    case '!':
      return parse_command(line, text);
    default:
      throw std::runtime_error("no such line");
  }
}

std::string difference(const json& expected, const json& found, const std::string& where) {
  if (expected.is_string() && expected.get_ref<const std::string&>() == "...") return {};
  if (expected.is_object() && found.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (key.starts_with("!")) {
        if (found.contains(key.substr(1))) return where + "." + key.substr(1) + " is there";
        continue;
      }
      if (!found.contains(key)) return where + "." + key + " is missing";
      if (std::string wrong = difference(value, found[key], where + "." + key); !wrong.empty()) return wrong;
    }
    return {};
  }
  if (expected.is_array() && found.is_array() && expected.size() == found.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string place = where + "[" + std::to_string(i) + "]";
      if (std::string wrong = difference(expected[i], found[i], place); !wrong.empty()) return wrong;
    }
    return {};
  }
  return expected == found ? std::string() : where + " is " + found.dump() + ", not " + expected.dump();
}

}  // namespace

transcript parse_transcript(std::string name, std::string_view text, int first_line) {
  transcript parsed{std::move(name), {}};
  for (int number = first_line; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    try {
      parsed.lines.push_back(parse_line(line, number));
    } catch (const std::exception& wrong) {
      throw std::runtime_error(parsed.name + ":" + std::to_string(number) + ": " + wrong.what());
    }
  }
  return parsed;
}

std::vector<transcript> read_transcripts(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::string name = file.stem().string();
  if (file.extension() != ".md") return {parse_transcript(name, text)};
  constexpr std::string_view opening = "```transcript\n";
  std::vector<transcript> blocks;
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    const auto end = text.find("```", at);
    const auto line =
        static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
    blocks.push_back(parse_transcript(name + "_" + std::to_string(blocks.size() + 1),
                                      std::string_view(text).substr(at, end - at), line));
  }
  return blocks;
}

std::string expectation(char client, char mark, std::string_view found) {
  std::string line = client == 'A' ? "" : std::string(1, client);
  return line.append(1, mark).append(" ").append(found);
}

std::string edited(std::string_view text, const std::vector<transcript_edit>& edits) {
  using kind = transcript_edit::kind;
  std::string out;
  const auto edit_line = [&](int number, std::string_view line) {
    for (const transcript_edit& edit : edits) {
      if (edit.number == number && edit.how == kind::insert_before) out += edit.text + '\n';
    }
    const auto change = std::find_if(edits.begin(), edits.end(), [number](const transcript_edit& edit) {
      return edit.number == number && edit.how != kind::insert_before;
    });
    if (change == edits.end()) {
      out += line;
    } else if (change->how == kind::replace) {
      out += change->text + '\n';
    }
  };
  int number = 1;
  for (; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    edit_line(number, text.substr(0, end));
    text.remove_prefix(end);
  }
  edit_line(number, {});
  return out;
}

std::string difference(std::string_view expected_json, std::string_view found_line) {
  const json found = json::parse(found_line, nullptr, false);
  if (found.is_discarded()) return "no valid JSON";
  return difference(json::parse(expected_json), found, "");
}

}  // namespace spindrift
