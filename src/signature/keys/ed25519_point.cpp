#include "signature/keys/ed25519_point.hpp"

#include <memory>
#include <string>

#include "base/openssl_handle.hpp"

namespace webhook::signature {

namespace {

using Context = std::unique_ptr<BN_CTX, base::Free<BN_CTX_free>>;

/// 2^255 - 19.
base::Number field() {
    base::Number p(BN_new());
    if (p == nullptr || BN_set_bit(p.get(), 255) != 1 || BN_sub_word(p.get(), 19) != 1) return nullptr;
    return p;
}

/// The y coordinate; the highest bit, which is the sign of x, is left out.
base::Number coordinate(std::string_view key) {
    std::string bytes(key);
    bytes.back() = static_cast<char>(bytes.back() & 0x7f);
    return base::Number(BN_lebin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()), nullptr));
}

/// The curve is -x^2 + y^2 = 1 - 121665/121666 x^2 y^2. Doubling three times gives the neutral element
/// exactly for y = 0 (order 4), y^2 = 1 (orders 1 and 2) and 121665 y^4 - 243332 y^2 + 121666 = 0 (order 8:
/// twice the point has y = 0, so x^2 = -y^2 here).
bool has_small_order(const BIGNUM* y, const BIGNUM* p, BN_CTX* context) {
    const base::Number square(BN_new()), sum(BN_new());
    if (!square || !sum || BN_mod_sqr(square.get(), y, p, context) != 1) return true;
    if (BN_is_zero(square.get()) || BN_is_one(square.get())) return true;
    // (121665 y^2 - 243332) y^2 + 121666; p is added to keep the difference above zero.
    const bool good = BN_copy(sum.get(), square.get()) != nullptr && BN_mul_word(sum.get(), 121665) == 1 &&
                      BN_add(sum.get(), sum.get(), p) == 1 && BN_sub_word(sum.get(), 243332) == 1 &&
                      BN_mod_mul(sum.get(), sum.get(), square.get(), p, context) == 1 &&
                      BN_add_word(sum.get(), 121666) == 1 && BN_nnmod(sum.get(), sum.get(), p, context) == 1;
    return !good || BN_is_zero(sum.get());
}

}  // namespace

bool is_weak_ed25519(std::string_view key) {
    const Context context(BN_CTX_new());
    const base::Number p = field();
    if (key.size() != ed25519_size || !context || !p) return true;
    const base::Number y = coordinate(key);
    return !y || BN_cmp(y.get(), p.get()) >= 0 || has_small_order(y.get(), p.get(), context.get());
}

}  // namespace webhook::signature
