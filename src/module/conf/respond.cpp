#include "module/conf/respond.hpp"

#include <memory>
#include <string>

#include "base/suggest.hpp"
#include "module/conf/location_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/pool.hpp"
#include "module/ngx/template.hpp"

namespace webhook::module {

namespace {

/// GIF89a of one transparent pixel, the smallest that browsers show.
constexpr char pixel[] =
    "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02"
    "D\x01\0;";
constexpr std::string_view pixel_image(pixel, sizeof pixel - 1);
static_assert(pixel_image.size() == 43);

/// True for verdicts after which the sender must retry, or the event is lost.
bool needs_retry(Verdict verdict) {
    return verdict == Verdict::busy || verdict == Verdict::unavailable || verdict == Verdict::in_progress;
}

/// Reads a status from 200 to 599, but not a redirection, which senders of webhooks do not follow; 0 when it
/// is none.
unsigned parse_status(const ngx_str_t& word) {
    const ngx_int_t status = ngx_atoi(word.data, word.len);
    const bool good = (status >= 200 && status <= 299) || (status >= 400 && status <= 599);
    return good && word.len == 3 ? static_cast<unsigned>(status) : 0;
}

/// Lists the verdicts that can have another response: " accepted duplicate ...".
std::string verdict_names() {
    std::string names;
    for (std::size_t i = 1; i < verdict_count; ++i) {
        const auto verdict = static_cast<Verdict>(i);
        if (verdict != Verdict::challenge) names.append(" ").append(info_of(verdict).name);
    }
    return names;
}

std::string suggest_verdict(std::string_view word) {
    std::vector<std::string_view> names;
    for (std::size_t i = 1; i < verdict_count; ++i)
        names.push_back(info_of(static_cast<Verdict>(i)).name);
    return base::did_you_mean(word, names);
}

char* read_body(ngx_conf_t* cf, const ngx_str_t* word, ngx_uint_t count, Response* response) {
    if (count == 1) {
        if (view(word[0]) != "gif") {
            return refuse(cf, "invalid parameter \"%V\", it must be \"gif\", or a media type and a body",
                          &word[0]);
        }
        response->type = "image/gif";
        response->body.literal = pixel_image;
    } else {
        if (view(word[0]).find('/') == std::string_view::npos) {
            return refuse(cf, "invalid type \"%V\", it must be a media type such as \"text/plain\"",
                          &word[0]);
        }
        response->type = view(word[0]);
        if (!compile_template(cf, word[1], &response->body)) return conf_failed;
    }
    response->has_body = true;
    return conf_ok;
}

char* read_response(ngx_conf_t* cf, LocationConf* conf) {
    const auto* word = static_cast<ngx_str_t*>(cf->args->elts);
    const Verdict verdict = verdict_from_name(view(word[1]));
    if (verdict == Verdict::none) {
        const std::string advice = suggest_verdict(view(word[1]));
        return refuse(cf, "unknown verdict \"%V\"%s it must be one of%s", &word[1],
                      advice.empty() ? "," : advice.c_str(), verdict_names().c_str());
    }
    if (verdict == Verdict::challenge) return refuse(cf, "\"challenge\" is answered as its provider asks");
    auto response = std::make_shared<Response>();
    response->status = parse_status(word[2]);
    if (response->status == 0)
        return refuse(cf, "invalid status \"%V\", it must be 2xx, 4xx or 5xx", &word[2]);
    if (needs_retry(verdict) && response->status < 300) {
        return refuse(cf, "status %V for \"%V\" would lose the event: the sender would not send it again",
                      &word[2], &word[1]);
    }
    const ngx_uint_t more = cf->args->nelts - 3;
    if (more != 0 && response->status == NGX_HTTP_NO_CONTENT) return refuse(cf, "status 204 has no body");
    if (more != 0) {
        if (char* bad = read_body(cf, word + 3, more, response.get()); bad != conf_ok) return bad;
    }
    return conf->responses.emplace(verdict, std::move(response)).second ? conf_ok : is_duplicate;
}

}  // namespace

char* set_respond(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    auto* conf = to_location_conf(data);
    return guarded(cf->log, conf_failed, [=] { return read_response(cf, conf); });
}

char* add_acknowledgements(ngx_conf_t* cf, const signature::Scheme& scheme, bool reject_duplicates,
                           Responses* responses) {
    if (signature::name_of(scheme) == "publish") {
        // An application that uses an id twice has a fault, which it must see. Senders' retries may differ a
        // little.
        auto conflict = std::make_shared<Response>();
        conflict->status = NGX_HTTP_CONFLICT;
        responses->emplace(Verdict::conflict, std::move(conflict));
    }
    const signature::Acknowledgement* wanted = signature::acknowledgement(scheme);
    if (wanted == nullptr) return conf_ok;
    auto response = std::make_shared<Response>();
    response->status = wanted->status;
    response->has_body = !wanted->type.empty();
    response->type = wanted->type;
    if (wanted->has_values) {
        event::Extractor::Fields fields;
        fields.tenant = {wanted->body};  // which is not shortened, as ids are
        std::string error;
        response->values = event::Extractor::make(fields, &error);
        if (response->values == nullptr) return refuse(cf, "%s", error.c_str());
    } else {
        response->body.literal = wanted->body;
    }
    for (const Verdict verdict :
         {Verdict::accepted, Verdict::duplicate, Verdict::conflict, Verdict::ignored}) {
        if (verdict == Verdict::duplicate && reject_duplicates) continue;
        responses->emplace(verdict, response);
    }
    return conf_ok;
}

}  // namespace webhook::module
