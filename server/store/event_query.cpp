// Questions to the event table: by stream block by block, by all else through an index that holds what is asked for.
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "common/model/glob.hpp"
#include "server/store/event_table.hpp"

namespace spindrift {
namespace {

// 4,096 consecutive events are a block, see the header; the schema and the queries say it as id>>12.
constexpr int block_bits = 12;

// As many streams as match a pattern are asked each by its key; more by going through all events.
constexpr std::size_t streams_one_by_one = 64;

void bind_query(sqlite3_stmt* select, const history_query& query, std::int64_t since, std::int64_t limit) {
  sqlite3_bind_int64(select, 1, since);
  sqlite3_bind_int64(select, 2, limit);
  sqlite3_bind_int64(select, 5, query.until);
  sqlite3_bind_int(select, 6, query.severity);
  sqlite3_bind_int(select, 7, query.kinds);
  sqlite3_bind_int(select, 8, query.is_open ? (*query.is_open ? 1 : 0) : -1);
  sqlite3_bind_int(select, 9, query.is_held ? (*query.is_held ? 1 : 0) : -1);
}

bool is_exact_name(const std::string& glob) {
  return glob.find_first_of("*?") == std::string::npos;
}

// In order, at most `limit`.
void keep_newest(std::vector<history_event>& found, std::int64_t limit) {
  std::sort(found.begin(), found.end(), [](const history_event& a, const history_event& b) {
    return std::tie(a.ts, a.stream, a.n, a.number) < std::tie(b.ts, b.stream, b.n, b.number);
  });
  const auto surplus = found.size() - std::min(found.size(), static_cast<std::size_t>(limit));
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(surplus));
}

}  // namespace

storage_status event_table::collect(sqlite3_stmt* select, std::vector<history_event>& found) {
  int result = sqlite3_step(select);
  for (; result == SQLITE_ROW; result = sqlite3_step(select)) {
    auto& event = found.emplace_back();
    event.stream = column_text(select, 0);
    event.ts = sqlite3_column_int64(select, 1);
    event.n = static_cast<std::uint64_t>(sqlite3_column_int64(select, 2));
    event.number = static_cast<std::uint64_t>(sqlite3_column_int64(select, 4));
    event.kinds = event.number == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(sqlite3_column_int(select, 3));
    event.severity = sqlite3_column_int(select, 5);
    event.is_open = sqlite3_column_int(select, 6) != 0;
    event.line = column_text(select, 7);
    event.mark = column_text(select, 8);
    event.is_held = sqlite3_column_int(select, 9) != 0;
    if (select != find_numbered_.get()) continue;
    event.evidence = column_text(select, 10);
    event.picture = column_text(select, 11);
  }
  auto status = result == SQLITE_DONE ? storage_status{} : fault("select");
  sqlite3_reset(select);
  return status;
}

// Block by block from the newest: numbers of a stream ascend.
storage_status event_table::find_event(const std::string& stream, std::uint64_t number,
                                       std::optional<history_event>& found) {
  found.reset();
  if (database_ == nullptr) return fault("select");
  std::optional<std::int64_t> id;
  bind_text(find_stream_.get(), 1, stream);
  if (auto status = read(find_stream_, id); !status.ok() || !id) return status;
  const std::int64_t owner = *id;
  std::vector<history_event> rows;
  for (std::int64_t end = INT64_MAX; rows.empty();) {
    sqlite3_bind_int64(find_before_.get(), 1, end);
    if (auto status = read(find_before_, id); !status.ok() || !id) return status;
    const std::int64_t block = *id >> block_bits;
    end = block << block_bits;
    sqlite3_bind_int64(find_numbered_.get(), 1, block);
    sqlite3_bind_int64(find_numbered_.get(), 2, owner);
    sqlite3_bind_int64(find_numbered_.get(), 3, static_cast<std::int64_t>(number));
    if (auto status = collect(find_numbered_.get(), rows); !status.ok()) return status;
  }
  found = std::move(rows.front());
  return {};
}

storage_status event_table::find(const history_query& query, std::vector<history_event>& found) {
  found.clear();
  if (database_ == nullptr) return fault("select");
  const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(query.limit, INT32_MAX));
  if (query.stored_since) return find_stored(query, limit, found);
  const bool is_exact =
      !query.streams.empty() && std::all_of(query.streams.begin(), query.streams.end(), is_exact_name);
  auto status = is_exact ? find_named(query, limit, found) : find_matching(query, limit, found);
  keep_newest(found, limit);
  return status;
}

// A name is held against the globs once, and not for each of its events.
storage_status event_table::choose_streams(const std::vector<std::string>& globs) {
  wanted_streams_.reset();
  if (globs.empty() || std::find(globs.begin(), globs.end(), "*") != globs.end()) return {};
  wanted_streams_ = std::make_unique<std::unordered_set<std::int64_t>>();
  auto* const select = list_streams_.get();
  int result = sqlite3_step(select);
  for (; result == SQLITE_ROW; result = sqlite3_step(select)) {
    const std::string_view name = column_text(select, 1);
    if (std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return matches(glob, name); })) {
      wanted_streams_->insert(sqlite3_column_int64(select, 0));
    }
  }
  auto status = result == SQLITE_DONE ? storage_status{} : fault("select");
  sqlite3_reset(select);
  return status;
}

storage_status event_table::find_matching(const history_query& query, std::int64_t limit,
                                          std::vector<history_event>& found) {
  if (auto status = choose_streams(query.streams); !status.ok()) return status;
  if (wanted_streams_ != nullptr && wanted_streams_->size() <= streams_one_by_one) {
    const auto chosen = std::move(wanted_streams_);
    return find_of(std::set<std::int64_t>(chosen->begin(), chosen->end()), query, limit, found);
  }
  bind_query(find_any_.get(), query, query.since, limit);
  auto status = collect(find_any_.get(), found);
  wanted_streams_.reset();
  return status;
}

storage_status event_table::find_stored(const history_query& query, std::int64_t limit,
                                        std::vector<history_event>& found) {
  if (auto status = choose_streams(query.streams); !status.ok()) return status;
  bind_query(find_stored_.get(), query, query.since, limit);
  sqlite3_bind_int64(find_stored_.get(), 3, *query.stored_since);
  auto status = collect(find_stored_.get(), found);
  std::reverse(found.begin(), found.end());
  wanted_streams_.reset();
  return status;
}

storage_status event_table::find_named(const history_query& query, std::int64_t limit,
                                       std::vector<history_event>& found) {
  std::set<std::int64_t> streams;
  auto* const select = find_stream_.get();
  for (const auto& name : query.streams) {
    bind_text(select, 1, name);
    const int result = sqlite3_step(select);
    if (result == SQLITE_ROW) streams.insert(sqlite3_column_int64(select, 0));
    auto status = result == SQLITE_ROW || result == SQLITE_DONE ? storage_status{} : fault("select");
    sqlite3_reset(select);
    if (!status.ok()) return status;
  }
  return find_of(streams, query, limit, found);
}

// Each stream by its key, block by block from the newest: once there are enough, an older event cannot be among them.
storage_status event_table::find_of(const std::set<std::int64_t>& streams, const history_query& query,
                                    std::int64_t limit, std::vector<history_event>& found) {
  std::int64_t since = query.since;
  std::optional<std::int64_t> id;
  if (streams.empty() || limit == 0) return {};
  for (std::int64_t end = INT64_MAX;;) {
    sqlite3_bind_int64(find_before_.get(), 1, end);
    if (auto status = read(find_before_, id); !status.ok() || !id) return status;
    const std::int64_t block = *id >> block_bits;
    end = block << block_bits;
    const auto before = found.size();
    for (const auto stream : streams) {
      bind_query(find_one_.get(), query, since, limit);
      sqlite3_bind_int64(find_one_.get(), 3, stream);
      sqlite3_bind_int64(find_one_.get(), 4, block);
      if (auto status = collect(find_one_.get(), found); !status.ok()) return status;
    }
    if (found.size() == before) continue;
    keep_newest(found, limit);
    if (std::cmp_equal(found.size(), limit)) since = found.front().ts;
  }
}

}  // namespace spindrift
