#include "signature/verify/algorithm.hpp"

#include "signature/verify/contentful.hpp"
#include "signature/verify/http_signature.hpp"
#include "signature/verify/jwt.hpp"
#include "signature/verify/sns.hpp"

namespace webhook::signature {

CodeCheck code_check(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::jwt:
            return check_jwt;
        case Algorithm::aws_sns:
            return check_sns;
        case Algorithm::contentful:
            return check_contentful;
        case Algorithm::http_signature:
            return check_http_signature;
        default:
            return nullptr;
    }
}

}  // namespace webhook::signature
