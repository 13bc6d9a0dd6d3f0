#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/json_scan.hpp"
#include "event/source.hpp"

namespace webhook::signature {

/// The values that a scheme reads from a body (or of a value that is a document itself:
/// form:json>json:/event), compiled once.
class BodyPlan {
  public:
    struct Entry {
        event::Source::Kind kind;        ///< form, json or form_fields
        std::string name;                ///< form: the field; json: the pointer
        int pointer = -1;                ///< json: index in `pointers`
        bool of_element = false;         ///< is in the repeated array
        std::unique_ptr<BodyPlan> then;  ///< what is read of its value
    };

    /// Before add(): sources in `array`/0 are read of every element of that array.
    void repeat(const std::vector<std::string>& array);

    /// False when there are too many places.
    bool add(const event::Source& source);

    /// The entry of a source's first step, or nullptr.
    const Entry* find(const event::Source& source) const;

    bool empty() const { return entries_.empty(); }
    bool repeats() const { return repeats_; }
    bool reads_json() const { return pointers_.size() > 0; }
    bool reads_form() const;
    const std::vector<Entry>& entries() const { return entries_; }
    const base::PointerSet& pointers() const { return pointers_; }
    std::size_t index_of(const Entry& entry) const {
        return static_cast<std::size_t>(&entry - entries_.data());
    }

  private:
    std::vector<Entry> entries_;
    base::PointerSet pointers_;
    std::vector<std::string> array_;
    bool repeats_ = false;
};

}  // namespace webhook::signature
