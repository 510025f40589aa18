// A file with its events as a picture (SVG), and as a page that holds all it needs (HTML). Pure functions; names and
// texts are escaped.
#pragma once

#include <optional>
#include <string>

#include "server/backtest/chart_data.hpp"

namespace spindrift {

std::string svg_of(const chart_data& shown);
// `title`: what was read; `summary`: one line of figures.
std::string html_of(const chart_data& shown, const std::string& title, const std::string& summary);

// Why a report cannot be written there: its ending, or its folder. Nothing is left behind.
std::optional<std::string> obstacle_to_report(const std::string& file);
// By the file's ending. The reason where it fails.
std::optional<std::string> write_report(const std::string& file, const chart_data& shown, const std::string& title,
                                        const std::string& summary);

}  // namespace spindrift
