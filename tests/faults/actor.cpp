#include "tests/faults/actor.hpp"

#include <charconv>

namespace spindrift::faults {
namespace {

std::uint64_t number_behind(std::string_view key, std::string_view line) {
  const std::size_t at = line.find(key);
  std::uint64_t number = 0;
  if (at != std::string_view::npos) {
    const char* const begin = line.data() + at + key.size();
    std::from_chars(begin, line.data() + line.size(), number);
  }
  return number;
}

std::string_view text_behind(std::string_view key, std::string_view line) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return line.substr(0, line.find('"'));
}

}  // namespace

// The same number gives the same point, whenever it is sent.
std::string actor::line_of(std::uint64_t seq) const {
  const std::uint64_t who = name_.empty() ? 0 : static_cast<unsigned char>(name_.front());
  dice chance(static_cast<std::uint32_t>(1 + seq * 7'919 + who * 104'729));
  const bool is_brief = pick(chance, 12) == 0;  // a stream of few points, which may be evicted
  const std::uint32_t series = pick(chance, 4);
  std::string line = R"({"stream":")";
  line += is_brief ? "brief-" + std::to_string(pick(chance, 9)) : "series-" + std::to_string(series);
  const std::uint32_t whole = 20 + pick(chance, 1'000);
  const std::uint32_t thousandths = pick(chance, 1'000);
  const std::string value = std::to_string(whole) + "." + std::to_string(thousandths);
  if (!is_brief && series == 3) {
    line += R"(","values":{"b":)" + value + R"(,"a":)" + std::to_string(pick(chance, 100)) + "}";
  } else {
    line += R"(","value":)" + value;
  }
  if (pick(chance, 4) != 0) line += R"(,"ts":)" + std::to_string(1'764'000'000'000 + seq * 1'000);
  if (pick(chance, 10) == 0) line += R"(,"label":true)";
  if (is_named()) line += R"(,"seq":)" + std::to_string(seq);
  return line + "}\n";
}

std::string actor::greet() {
  begins_again_ = false;
  if (!is_named()) return {};
  std::string text = R"({"op":"hello","producer":")" + name_ + "\"}\n";
  for (const std::uint64_t each : unanswered_) text += line_of(each);
  return text;
}

std::string actor::say(dice& chance) {
  std::string text;
  for (std::uint32_t left = 1 + pick(chance, 12); left > 0 && next_seq_ <= points_max_; --left) {
    if (is_named() && unanswered_.size() >= window) break;
    text += line_of(next_seq_);
    if (is_named()) unanswered_.insert(next_seq_);
    ++next_seq_;
  }
  if (pick(chance, 40) == 0) text += "{\"half\n";
  if (pick(chance, 40) == 0) text += "{\"op\":\"ping\"}\r\n\r\n";
  return text;
}

void actor::hear(std::string_view bytes) {
  heard_ += bytes;
  for (std::size_t end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n')) {
    take(std::string_view(heard_).substr(0, end + 1));
    heard_.erase(0, end + 1);
  }
}

void actor::take(std::string_view line) {
  const std::string_view type = text_behind(R"({"type":")", line);
  if (type == "verdict") return take_verdict(std::string(line));
  if (type == "error") return take_error(text_behind(R"("code":")", line), line);
  if (type != "welcome" && type != "pong") complaints_.emplace_back(line);
  if (type != "welcome") return;
  const std::uint64_t last_seq = number_behind(R"("last_seq":)", line);
  if (!answers_.empty() && last_seq < answers_.rbegin()->first) complaints_.emplace_back(line);
}

void actor::take_verdict(std::string line) {
  constexpr std::string_view mark = ",\"dup\":true}\n";
  if (line.ends_with(mark)) line.replace(line.size() - mark.size(), mark.size(), "}\n");
  verdicts_.insert(line);
  if (!is_named()) return;
  const std::uint64_t seq = number_behind(R"("seq":)", line);
  unanswered_.erase(seq);
  if (answers_.try_emplace(seq, line).first->second != line) complaints_.push_back("answered in two ways: " + line);
}

void actor::take_error(std::string_view code, std::string_view line) {
  const std::uint64_t seq = number_behind(R"("seq":)", line);
  if (code == "bad_json" || code == "superseded") return;
  if (code == "storage_full") {
    begins_again_ = true;
  } else if (code == "too_many_streams") {
    unanswered_.erase(seq);
    given_up_.insert(seq);
  } else if (code == "bad_seq" && is_named() && answers_.count(seq) == 0) {
    // Right for a point that was refused, if later ones were applied before it came again.
    unanswered_.erase(seq);
    given_up_.insert(seq);
  } else {
    complaints_.emplace_back(line);
  }
}

}  // namespace spindrift::faults
