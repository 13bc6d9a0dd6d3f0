#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/match_index.hpp"
#include "store/configuration.hpp"
#include "worker/endpoint_state.hpp"

namespace webhook::worker {

using store::ConfigurationText;

/// Source of operational events.
inline constexpr std::string_view own_source = "webhook";

/// Holds all endpoints of the configuration and routes events to them.
class EndpointTable {
  public:
    using Prepare = std::function<std::shared_ptr<const PreparedEndpoint>(const endpoint::Document&,
                                                                          std::string* problem)>;

    EndpointTable(Prepare prepare, std::function<void(const EndpointPtr&)> changed,
                  std::function<void(Endpoint*, const std::string&)> set_problem);

    /// Makes the table equal to the configuration. A document that cannot be read is logged; the endpoint
    /// keeps its last valid one.
    void update(const ConfigurationText& text);
    /// Reads the secrets of all endpoints again, or only of those with a problem.
    void prepare_again(bool only_problems);

    /// Returns the endpoints that get a delivery of the event; valid until the next call.
    const std::vector<EndpointPtr>& route(const Event& event);

    EndpointPtr find(std::string_view id) const;  ///< nullptr when there is none
    const std::map<std::string, EndpointPtr, std::less<>>& all() const { return endpoints_; }

  private:
    void put(const std::string& id, const std::string& json, bool disabled);
    bool read_document(const EndpointPtr& endpoint, const std::string& id, const std::string& json,
                       bool fresh);
    void prepare(const EndpointPtr& endpoint);
    static void note_warning(Endpoint* endpoint);
    void rebuild_index();

    Prepare prepare_;
    std::function<void(const EndpointPtr&)> changed_;
    std::function<void(Endpoint*, const std::string&)> set_problem_;
    std::map<std::string, EndpointPtr, std::less<>> endpoints_;
    std::map<std::string, std::string> texts_;  ///< the JSON text of each document
    std::optional<endpoint::MatchIndex> index_;
    std::vector<EndpointPtr> indexed_, found_;
    std::vector<std::uint32_t> positions_;
};

}  // namespace webhook::worker
