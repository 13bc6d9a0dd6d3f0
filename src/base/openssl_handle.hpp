#pragma once

#include <openssl/bn.h>

#include <memory>

namespace webhook::base {

/// Gives an object of OpenSSL back by the function that it names for that.
template <auto free>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};

using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

}  // namespace webhook::base
