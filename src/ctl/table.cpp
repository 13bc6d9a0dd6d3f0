#include "ctl/table.hpp"

#include <algorithm>

#include "ctl/output.hpp"

namespace webhook::ctl {

void Table::add(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = printable(cells[i]);
        if (columns_[i].width != 0) cells[i] = shorten(cells[i], columns_[i].width);
        if (cells[i].empty()) cells[i] = "-";
    }
    rows_.push_back(std::move(cells));
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths[i] - display_width(cells[i]), ' ');
        const bool last = i + 1 == cells.size();
        if (i != 0) out += "  ";
        if (columns_[i].right) out += padding;
        out += cells[i];
        if (!columns_[i].right && !last) out += padding;
    }
    return out + "\n";
}

std::string Table::text() const {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        titles.push_back(columns_[i].title);
        widths.push_back(display_width(titles[i]));
        for (const auto& row : rows_)
            widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::string out = line(titles, widths);
    for (const auto& row : rows_)
        out += line(row, widths);
    return out;
}

}  // namespace webhook::ctl
