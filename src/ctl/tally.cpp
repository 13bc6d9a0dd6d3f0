#include "ctl/tally.hpp"

#include <fmt/format.h>

#include "ctl/failure.hpp"
#include "ctl/output.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t few = 20;

}  // namespace

Tally::Tally(const Context& context, bool verbose, std::string what, std::uint64_t total)
    : context_(context), verbose_(verbose), what_(std::move(what)), progress_(what_ + ":", total) {}

void Tally::print_one(const Outcome& outcome) const {
    if (outcome.done) {
        print_line(fmt::format("{}: {}", printable(outcome.label), printable(outcome.text)));
    } else {
        print_error(fmt::format("{}: {}", printable(outcome.label), printable(outcome.text)));
    }
}

void Tally::add(Outcome outcome) {
    ++(outcome.done ? done_ : not_done_);
    if (outcome.needless) ++needless_;
    progress_.advance();
    if (context_.json) return print_json(outcome.json);
    if (verbose_) return print_one(outcome);
    if (!outcome.done) ++reasons_[outcome.text];
    if (first_.size() <= few) first_.push_back(std::move(outcome));
}

void Tally::print_reasons() const {
    for (const auto& [reason, count] : reasons_)
        print_error(fmt::format("{} not {}: {}", count, what_, printable(reason)));
}

int Tally::finish(const std::string& nothing, const std::string& go_on) {
    progress_.hide();
    if (!context_.json) {
        if (first_.size() <= few) {
            for (const auto& outcome : first_)
                print_one(outcome);
        } else {
            print_reasons();
        }
        print_line(done_ + not_done_ == 0 ? nothing : fmt::format("{} {}, {} not", done_, what_, not_done_));
    }
    if (!go_on.empty()) print_error("interrupted: " + go_on);
    const bool all_needless = needless_ > 0 && done_ == 0;
    return not_done_ == needless_ && !all_needless && go_on.empty() ? exit_yes : exit_no;
}

}  // namespace webhook::ctl
