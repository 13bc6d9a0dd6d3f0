// A wire of scripted bytes in place of a connection: notes what is written, and is fed what Redis would send.

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "module/redis/wire.hpp"

namespace webhook::module {

class ScriptedWire final : public Wire {
  public:
    ScriptedWire() : Wire(&time) { EXPECT_TRUE(pipeline_.open()); }

    /// A connected socket takes everything.
    void flush() override {
        written.append(pipeline_.unsent());
        pipeline_.advance(unsent());
        ++flushes;
    }
    /// Everything that was sent since the last call.
    std::string take_written() {
        flush();
        std::string all;
        all.swap(written);
        return all;
    }
    /// Redis sends bytes, all of which were asked for.
    void feed(std::string_view bytes) { EXPECT_EQ(pipeline_.feed(bytes.data(), bytes.size()), ""); }
    /// The connection is lost, and a new one begins.
    void lose() { EXPECT_TRUE(pipeline_.open()); }
    bool is_needed() const { return pipeline_.is_needed(); }

    std::string written;
    int flushes = 0, added = 0;
    volatile Msec time = 1000;

  private:
    void on_added() override { ++added; }
};

inline int count_of(std::string_view word, std::string_view text) {
    int count = 0;
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
        ++count;
    return count;
}

}  // namespace webhook::module
