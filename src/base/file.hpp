#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace webhook::base {

/// Owns a file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    Descriptor& operator=(Descriptor&&) = delete;

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    bool close();  ///< false with errno set when written data may be lost

  private:
    int number_;
};

/// Which files read_file() accepts. `any` waits for the writer of a named pipe; `regular` never blocks.
enum class FileKind : std::uint8_t { any, regular };

// Problems are predicates that name no file ("is not a regular file"): the caller puts the name in front.

/// Reads a whole file. Returns false and a problem when it cannot be read, is not of that kind, or is larger
/// than `limit` bytes; `content` is then empty.
bool read_file(const std::string& path, std::size_t limit, FileKind kind, std::string* content,
               std::string* problem);

/// Reads from an open descriptor to its end, under the same rules.
bool read_to_end(int descriptor, std::size_t limit, std::string* content, std::string* problem);

/// Returns "cannot be read (No such file or directory)" for the present errno.
std::string read_problem();

}  // namespace webhook::base
