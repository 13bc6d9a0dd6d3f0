#include "signature/model/body_plan.hpp"

#include <algorithm>

namespace webhook::signature {

using Kind = event::Source::Kind;

void BodyPlan::repeat(const std::vector<std::string>& array) {
    array_ = array;
    repeats_ = true;
    pointers_.repeat(array);
}

const BodyPlan::Entry* BodyPlan::find(const event::Source& source) const {
    for (const Entry& entry : entries_) {
        if (entry.kind == source.kind && entry.name == source.name) return &entry;
    }
    return nullptr;
}

bool BodyPlan::reads_form() const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [](const Entry& entry) { return entry.kind != Kind::json; });
}

bool BodyPlan::add(const event::Source& source) {
    if (find(source) == nullptr) {
        Entry& entry = entries_.emplace_back();
        entry.kind = source.kind;
        entry.name = source.name;
        if (source.kind == Kind::json) {
            entry.pointer = pointers_.add(source.pointer);
            if (entry.pointer < 0) return false;
            entry.of_element = repeats_ && source.pointer.size() > array_.size() &&
                               std::equal(array_.begin(), array_.end(), source.pointer.begin()) &&
                               source.pointer[array_.size()] == "0";
        }
    }
    if (source.then == nullptr) return true;
    Entry& entry = entries_[index_of(*find(source))];
    if (entry.then == nullptr) entry.then = std::make_unique<BodyPlan>();
    return entry.then->add(*source.then);
}

}  // namespace webhook::signature
