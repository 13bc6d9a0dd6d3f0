#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "endpoint/document_parser.hpp"

namespace webhook::endpoint {

/// Returns the errors of a document, a line each.
inline std::string errors_of(std::string_view json) {
    std::vector<FieldError> errors;
    EXPECT_FALSE(parse_document(json, &errors)) << json;
    std::string text;
    for (const FieldError& error : errors)
        text += error.where + ": " + error.what + "\n";
    return text;
}

/// The same of a document with this field in addition.
inline std::string field_error(const std::string& field) {
    return errors_of(R"({"id":"a","url":"http://h/",)" + field + "}");
}

/// Parses a document that must be good.
inline Document good(std::string_view json) {
    std::vector<FieldError> errors;
    auto document = parse_document(json, &errors);
    for (const FieldError& error : errors)
        ADD_FAILURE() << error.where << ": " << error.what << " in " << json;
    return document.value_or(Document{});
}

/// A document with every field.
inline constexpr const char* full = R"({
  // comments are allowed
  "id": "crm", "url": "https://crm.example.com:8443/hooks/{source}?t={/data/id}",
  "match": { "source": ["stripe"], "type": ["order.*"], "tenant": ["acme"] },
  "method": "PUT", "body": "raw",
  "headers": { "X-Api-Key": "secret:crm-key", "X-Auth-Token": "topsecret", "X-Plain": "is it?", "User-Agent": "shown" },
  "sign": [ { "secrets": ["secret:crm", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] } ],
  "success": [204, 200, 200], "timeout": "250ms", "connect_timeout": "2s",
  "retry": { "schedule": ["5s", "90s", "2h"], "jitter": 0.5 },
  "rate": "50/m burst=5", "concurrency": 3, "order": true, "permanent": [422, 404], "breaker": { "probe": "1m" },
  "max_age": "2d", "disable_after": null, "max_hold": "30m", "max_waiting": 10, "max_waiting_bytes": "1g",
  "description": "the CRM", "labels": { "team": "sales" }, "allow_private": true, "paused": true })";

}  // namespace webhook::endpoint
