#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

std::vector<Definitions> families() {
    return {standard_schemes(),  standard_sender_schemes(), payments_schemes(),   finance_schemes(),
            commerce_schemes(),  developer_schemes(),       messaging_schemes(),  services_schemes(),
            postbacks_schemes(), public_key_schemes(),      operations_schemes(), communication_schemes(),
            media_schemes(),     trade_schemes(),           relatives_schemes()};
}

}  // namespace webhook::signature
