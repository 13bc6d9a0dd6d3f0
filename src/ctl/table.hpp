#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::ctl {

/// How one column of a table is printed.
struct Column {
    std::string title;
    bool right = false;     ///< numbers
    std::size_t width = 0;  ///< longest text shown; 0: all of it
};

/// Rows under titles, aligned. Cells are made printable, so they may hold anything.
class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    std::string text() const;

  private:
    std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace webhook::ctl
