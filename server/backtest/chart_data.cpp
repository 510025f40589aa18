// Thins series to columns, and keeps marks and events.
#include "server/backtest/chart_data.hpp"

#include "common/model/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {

void chart_data::add(const verdict& judged) {
  const point& subject = judged.subject;
  const double x = is_time_ ? static_cast<double>(subject.ts.value_or(0)) : static_cast<double>(judged.n);
  if (!subject.is_multivariate()) {
    return add_value(subject.stream, {}, x, subject.value, judged.expected, judged.sigma, judged);
  }
  for (std::size_t i = 0; i < subject.values.size(); ++i) {
    const bool has_band = i < judged.by_feature.size();
    add_value(subject.stream, subject.values[i].name, x, subject.values[i].value,
              has_band ? judged.by_feature[i].expected : 0, has_band ? judged.by_feature[i].sigma : -1, judged);
  }
}

void chart_data::add_value(std::string_view stream, std::string_view feature, double x, double value, double expected,
                           double sigma, const verdict& judged) {
  const auto at = index_.try_emplace({std::string(stream), std::string(feature)}, series_.size());
  if (at.second) {
    if (series_.size() == series_max) {
      index_.erase(at.first);
      ++left_out_;
      return;
    }
    series_.push_back({std::string(stream), std::string(feature), {}, 1, {}, {}, {}});
  }
  chart_series& into = series_[at.first->second];
  chart_column added{x, x, value, value, 0, -1, 1};
  if (!judged.warmup && sigma >= 0 && std::isfinite(expected) && std::isfinite(sigma)) {
    added.low = expected - threshold_ * sigma;
    added.high = expected + threshold_ * sigma;
  }
  const auto join = [](chart_column& to, const chart_column& from) {
    to.end = from.end;
    to.least = std::min(to.least, from.least);
    to.most = std::max(to.most, from.most);
    if (from.low <= from.high) {
      const bool has_band = to.low <= to.high;
      to.low = has_band ? std::min(to.low, from.low) : from.low;
      to.high = has_band ? std::max(to.high, from.high) : from.high;
    }
    to.points += from.points;
  };
  if (!into.columns.empty() && into.columns.back().points < into.points_a_column) {
    join(into.columns.back(), added);
  } else {
    into.columns.push_back(added);
  }
  if (into.columns.size() > columns_max) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < into.columns.size(); i += 2) {
      chart_column one = into.columns[i];
      if (i + 1 < into.columns.size()) join(one, into.columns[i + 1]);
      into.columns[kept++] = one;
    }
    into.columns.resize(kept);
    into.points_a_column *= 2;
  }
  const bool is_named = feature.empty() || judged.feature.empty() || judged.feature == feature;
  if (judged.anomaly && is_named && into.anomalies.size() < marks_max) into.anomalies.push_back({x, value});
  if (judged.drift && into.drifts.size() < marks_max) into.drifts.push_back(x);
  if (judged.alarm && into.alarms.size() < marks_max) into.alarms.push_back(x);
}

void chart_data::add(const event& notice, std::string_view stream, std::string_view feature) {
  const auto known = std::find_if(events_.rbegin(), events_.rend(), [&](const chart_event& one) {
    return one.notice.number == notice.number && one.stream == stream;
  });
  if (known != events_.rend()) {
    known->notice = notice;
  } else if (events_.size() < events_max) {
    events_.push_back({std::string(stream), std::string(feature), notice});
  }
}

}  // namespace spindrift
