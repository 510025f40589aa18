// Cuts a text into rows and fields.
#include "common/csv/csv.hpp"

namespace spindrift {

csv_reader::csv_reader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
  if (text_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
}

csv_reader::result csv_reader::next() {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  if (at_ == text_.size()) return result::end;
  row_line_ = line_;
  field_count_ = 0;
  while (read_field()) {
  }
  fields_.resize(field_count_);
  return is_unclosed_ ? result::unclosed_quote : result::row;
}

// Fields keep their strings from row to row, so that a file of a million rows costs no million allocations.
bool csv_reader::read_field() {
  if (field_count_ == fields_.size()) fields_.emplace_back();
  std::string& field = fields_[field_count_++];
  field.clear();
  if (at_ < text_.size() && text_[at_] == '"') {
    if (!read_quoted(field)) return false;
  }
  const char ends[] = {delimiter_, '\n'};
  const std::size_t end = text_.find_first_of(std::string_view(ends, 2), at_);
  const std::size_t stop = end == std::string_view::npos ? text_.size() : end;
  std::string_view rest = text_.substr(at_, stop - at_);
  at_ = stop;
  // The CR of a CRLF; one within quotes belongs to the field.
  const bool ends_row = at_ == text_.size() || text_[at_] == '\n';
  if (ends_row && rest.ends_with('\r')) rest.remove_suffix(1);
  field += rest;
  if (at_ < text_.size() && text_[at_] == delimiter_) {
    ++at_;
    return true;
  }
  if (at_ < text_.size()) {
    ++line_;
    ++at_;
  }
  return false;
}

bool csv_reader::read_quoted(std::string& field) {
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') {
      if (at_ == text_.size() || text_[at_] != '"') return true;
      ++at_;
    }
    if (c == '\n') ++line_;
    field += c;
  }
  is_unclosed_ = true;
  return false;
}

}  // namespace spindrift
