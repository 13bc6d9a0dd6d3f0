#include "signature/catalogue.hpp"

namespace webhook::signature {

std::vector<Definitions> families() {
    return {standard_schemes(), payments_schemes(),  developer_schemes(), messaging_schemes(),
            services_schemes(), postbacks_schemes(), public_key_schemes()};
}

}  // namespace webhook::signature
