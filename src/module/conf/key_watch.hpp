#pragma once

#include "module/ngx/ngx.hpp"

#include <memory>
#include <string>
#include <vector>

#include "module/conf/key_files.hpp"
#include "module/ngx/timer.hpp"
#include "module/settings.hpp"

namespace webhook::module {

/// A location whose keys stand in files.
struct WatchedKeys {
    Location* location = nullptr;
    std::vector<KeySource> sources;
    signature::VerifierOptions options;  ///< without keys
    KeyTexts current;                    ///< what the location's verifier was made of
    std::string problem;                 ///< why the files cannot be used now; empty: they can

    // The result of a round, until the loop takes it over.
    KeyTexts next;
    std::string next_problem;
    std::unique_ptr<signature::Verifier> verifier;
};

/// Reads key files again every two seconds, in a thread of nginx' pool "default", so that neither a slow disk
/// nor a long list of keys holds up the loop, and puts a new verifier in place when they changed. Files that
/// cannot be used leave the keys as they were; each change for better or worse is one log line. Without
/// thread support in nginx the files are read at start and reload only.
class KeyWatch {
  public:
    /// While the configuration is read.
    char* add(ngx_conf_t* cf, WatchedKeys keys);

    /// In a worker process.
    void start(ngx_cycle_t* cycle);

  private:
#if (NGX_THREADS)
    void on_timer();
    static void in_thread(void* context, ngx_log_t*);
    static void on_done(ngx_event_t* event);
    void round() noexcept;
    void take_over(WatchedKeys* keys);
    void wait();

    ngx_thread_pool_t* pool_ = nullptr;
    ngx_thread_task_t* task_ = nullptr;
    Timer timer_;
    ngx_log_t* log_ = nullptr;
#endif
    std::vector<WatchedKeys> watched_;
};

}  // namespace webhook::module
