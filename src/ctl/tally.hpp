#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ctl/command.hpp"
#include "ctl/json.hpp"
#include "ctl/progress.hpp"

namespace webhook::ctl {

/// The outcome of bulk work on one delivery or event.
struct Outcome {
    std::string label;
    bool done = false;
    std::string text;       ///< "replayed as ...", or why it was not done
    Json json;              ///< for --json
    bool needless = false;  ///< not done, because it need not be
};

/// What became of bulk work. A few outcomes are printed one by one; of many only the sums, unless everything
/// is asked for (--verbose, --json). Shows a bar meanwhile.
class Tally {
  public:
    /// `what`: "replayed", "dropped". `total` 0: unknown.
    Tally(const Context& context, bool verbose, std::string what, std::uint64_t total);

    void add(Outcome outcome);
    std::uint64_t done() const { return done_; }
    std::uint64_t not_done() const { return not_done_; }
    /// Prints the outcomes, as far as they were few, and the sums. `go_on` is not empty after an interruption
    /// and says how to go on. Returns the exit code: no where something was not done that had to be, and
    /// where all was needless.
    int finish(const std::string& nothing, const std::string& go_on);

  private:
    void print_one(const Outcome& outcome) const;
    void print_reasons() const;

    const Context& context_;
    bool verbose_;
    std::string what_;
    Progress progress_;
    std::uint64_t done_ = 0, not_done_ = 0, needless_ = 0;
    std::vector<Outcome> first_;
    std::map<std::string, std::uint64_t> reasons_;  ///< why not -> how many
};

}  // namespace webhook::ctl
