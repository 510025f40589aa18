// Writes down what a comparison has found.
#include "server/rehearsal/comparison_report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "common/protocol/encode.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

using tally = notice_comparison::tally;
using named_tally = std::pair<std::string, tally>;

std::string clock_text(std::int64_t ts_ms) {
  std::string text = to_rfc3339(std::clamp(ts_ms, limits::ts_ms_min, limits::ts_ms_max));
  text.resize(std::min(text.size(), text.find_first_of(".Z")));
  text[10] = ' ';  // where the date ends
  return text;
}

std::string place_of(const event& one, bool is_in_time) {
  return is_in_time ? clock_text(one.from) : "point " + std::to_string(one.from_n);
}

std::string name_of(const compared_notice& one) {
  return one.feature.empty() ? one.stream : one.stream + " " + one.feature;
}

std::string kind_of(const event& one) {
  std::string text(name_of(one.kind));
  if (one.direction != event_direction::none) text += " " + std::string(name_of(one.direction));
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string one_decimal(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), number < 10 ? "%.2f" : "%.1f", number);
  return text.data();
}

double a_day_and_stream(std::uint64_t notices, const comparison_scope& of) {
  return of.stream_days > 0 ? static_cast<double>(notices) / of.stream_days : 0;
}

void add_to(tally& into, const notice_comparison& compared, const compared_notice& one) {
  // Of a pair the half before says whether it changed.
  into.add(one, one.side == notice_side::before ? compared.like_of(one) : nullptr);
}

// Those with the most differences first.
std::vector<named_tally> by_stream(const notice_comparison& compared) {
  std::map<std::string, tally> found;
  for (const compared_notice& one : compared.kept()) add_to(found[one.stream], compared, one);
  std::vector<named_tally> rows(found.begin(), found.end());
  std::stable_sort(rows.begin(), rows.end(), [](const named_tally& a, const named_tally& b) {
    return a.second.gone + a.second.fresh + a.second.changed > b.second.gone + b.second.fresh + b.second.changed;
  });
  return rows;
}

// Both halves of a pair count where each of them began.
std::vector<named_tally> by_day(const notice_comparison& compared) {
  std::map<std::string, tally> found;
  for (const compared_notice& one : compared.kept()) {
    add_to(found[clock_text(one.newest.from).substr(0, 10)], compared, one);
  }
  return {found.begin(), found.end()};
}

class text_writer {
public:
  text_writer(const comparison_scope& of, std::size_t rows_max) : of_(of), rows_max_(rows_max) {}

  void head(const std::string& line) { text_ += line + '\n'; }

  template <class Rows, class Line>
  void rows(const Rows& all, Line line) {
    for (std::size_t i = 0; i < std::min(all.size(), rows_max_); ++i) text_ += "  " + line(all[i]) + '\n';
    if (all.size() > rows_max_) text_ += "  ... and " + std::to_string(all.size() - rows_max_) + " more\n";
  }

  std::string notice(const compared_notice& one, const std::string& severity) const {
    return padded(place_of(one.newest, of_.is_in_time), 19) + "  " + padded(printable(name_of(one)), 24) + "  " +
           padded(kind_of(one.newest), 11) + "  " + padded(severity, 8) + "  " + printable(one.newest.text);
  }

  void table(const std::string& title, const std::vector<named_tally>& all) {
    const auto cells = [](const std::string& name, const std::array<std::string, 5>& numbers) {
      std::string line = padded(name, 32);
      for (const std::string& one : numbers) line += std::string(9 - std::min<std::size_t>(8, one.size()), ' ') + one;
      return line;
    };
    head("\n  " + cells(title, {"before", "after", "gone", "new", "other"}));
    rows(all, [&](const named_tally& row) {
      const tally& of = row.second;
      return cells(printable(row.first), {std::to_string(of.before), std::to_string(of.after), std::to_string(of.gone),
                                          std::to_string(of.fresh), std::to_string(of.changed)});
    });
  }

  std::string text_;

private:
  const comparison_scope& of_;
  std::size_t rows_max_;
};

std::string severities(const notice_comparison::pair& both) {
  const event& before = both.first->newest;
  const event& after = both.second->newest;
  std::string text = std::to_string(before.severity) + "->" + std::to_string(after.severity);
  if (before.kind != after.kind) text += ", now " + std::string(name_of(after.kind));
  return text;
}

void put_notice(const compared_notice& one, std::string& out) {
  const event& said = one.newest;
  out += R"({"stream":)";
  append_json_string(one.stream, out);
  if (!one.feature.empty()) {
    out += R"(,"feature":)";
    append_json_string(one.feature, out);
  }
  out += R"(,"event":)";
  append_number(said.number, out);
  out.append(R"(,"kind":")").append(name_of(said.kind)).append("\"");
  if (said.direction != event_direction::none) {
    out.append(R"(,"direction":")").append(name_of(said.direction)).append("\"");
  }
  out += R"(,"severity":)";
  append_number(std::int64_t{said.severity}, out);
  out += R"(,"told":)";
  append_number(said.told, out);
  out += R"(,"from":)";
  append_number(said.from, out);
  out += R"(,"from_n":)";
  append_number(said.from_n, out);
  out += R"(,"to":)";
  if (said.to) {
    append_number(*said.to, out);
  } else {
    out += "null";
  }
  out += R"(,"text":)";
  append_json_string(said.text, out);
  out += '}';
}

template <class Rows, class Put>
void put_list(std::string_view key, const Rows& rows, std::string& out, Put put) {
  out.append(",\"").append(key).append("\":[");
  bool is_first = true;
  for (const auto& row : rows) {
    if (!is_first) out += ',';
    is_first = false;
    put(row);
  }
  out += ']';
}

void put_count(std::string_view key, std::uint64_t count, std::string& out) {
  out.append(",\"").append(key).append("\":");
  append_number(count, out);
}

void put_tally(const tally& of, std::string& out) {
  out += R"("before":)";
  append_number(of.before, out);
  put_count("after", of.after, out);
  put_count("gone", of.gone, out);
  put_count("new", of.fresh, out);
  put_count("changed", of.changed, out);
}

void put_rows(std::string_view key, std::string_view name, const std::vector<named_tally>& rows, std::string& out) {
  put_list(key, rows, out, [&](const named_tally& row) {
    out.append("{\"").append(name).append("\":");
    append_json_string(row.first, out);
    out += ',';
    put_tally(row.second, out);
    out += '}';
  });
}

}  // namespace

std::string comparison_text(const notice_comparison& compared, const comparison_scope& of, std::size_t rows_max) {
  const tally all = compared.totals();
  text_writer page(of, rows_max);
  page.head(of.source + ": " + std::to_string(of.points) + " points of " + std::to_string(of.streams) + " streams, " +
            one_decimal(of.stream_days) + " days of streams; before: " + of.before + ", after: " + of.after);
  if (!of.is_in_time) page.head("The points have no times: a point a second is assumed.");
  if (of.left_out > 0) page.head(std::to_string(of.left_out) + " streams were not compared, for want of room.");
  if (compared.left_out() > 0) {
    page.head("The oldest " + std::to_string(compared.left_out()) + " notices are in the totals alone.");
  }
  const auto one_side = [&page](const compared_notice* one) {
    return page.notice(*one, std::to_string(one->newest.severity));
  };
  page.head("\ngone: " + std::to_string(all.gone));
  page.rows(compared.only(notice_side::before), one_side);
  page.head("new: " + std::to_string(all.fresh));
  page.rows(compared.only(notice_side::after), one_side);
  page.head("other severity or kind: " + std::to_string(all.changed));
  page.rows(compared.changed(),
            [&page](const notice_comparison::pair& both) { return page.notice(*both.first, severities(both)); });
  page.head("the same: " + std::to_string(all.same()));
  page.head("\nnotices: " + std::to_string(all.before) + " before, " + std::to_string(all.after) +
            " after; a day and stream: " + one_decimal(a_day_and_stream(all.before, of)) + " before, " +
            one_decimal(a_day_and_stream(all.after, of)) + " after");
  if (all.before + all.after == 0) return page.text_;
  page.table("stream", by_stream(compared));
  if (of.is_in_time) page.table("day", by_day(compared));
  return page.text_;
}

std::string comparison_json(const notice_comparison& compared, const comparison_scope& of) {
  const tally all = compared.totals();
  std::string out = R"({"source":)";
  append_json_string(of.source, out);
  out += R"(,"before":)";
  append_json_string(of.before, out);
  out += R"(,"after":)";
  append_json_string(of.after, out);
  put_count("points", of.points, out);
  put_count("streams", of.streams, out);
  out += R"(,"stream_days":)";
  append_derived(of.stream_days, out);
  put_count("streams_left_out", of.left_out, out);
  put_count("notices_left_out", compared.left_out(), out);
  out += R"(,"totals":{)";
  put_tally(all, out);
  put_count("same", all.same(), out);
  out += R"(,"before_a_day_and_stream":)";
  append_derived(a_day_and_stream(all.before, of), out);
  out += R"(,"after_a_day_and_stream":)";
  append_derived(a_day_and_stream(all.after, of), out);
  out += '}';
  const auto put_one = [&out](const compared_notice* one) { put_notice(*one, out); };
  put_list("gone", compared.only(notice_side::before), out, put_one);
  put_list("new", compared.only(notice_side::after), out, put_one);
  put_list("changed", compared.changed(), out, [&out](const notice_comparison::pair& both) {
    out += R"({"before":)";
    put_notice(*both.first, out);
    out += R"(,"after":)";
    put_notice(*both.second, out);
    out += '}';
  });
  put_rows("by_stream", "stream", by_stream(compared), out);
  if (of.is_in_time) put_rows("by_day", "day", by_day(compared), out);
  return out + "}\n";
}

}  // namespace spindrift
