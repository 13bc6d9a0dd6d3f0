#include "store/greeting.hpp"

#include "store/resp.hpp"
#include "store/server_info.hpp"

namespace webhook::store {

Words auth_words(std::string_view user, std::string_view password) {
    Words words{"AUTH"};
    if (!user.empty()) words.emplace_back(user);
    words.emplace_back(password);
    return words;
}

std::vector<Words> greeting(std::string_view user, std::string_view password, unsigned database) {
    std::vector<Words> commands;
    if (!user.empty() || !password.empty()) commands.push_back(auth_words(user, password));
    if (database != 0) commands.push_back({"SELECT", std::to_string(database)});
    return commands;
}

std::string judge_info(bool is_error, std::string_view text) {
    return is_error ? "INFO: " + std::string(text) : judge_server(text);
}

void resp_words(const Words& words, std::string* out) {
    resp_array(words.size(), out);
    for (const std::string& word : words)
        resp_bulk(word, out);
}

}  // namespace webhook::store
