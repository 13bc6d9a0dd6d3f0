#include "module/ngx/suspend.hpp"

namespace webhook::module {

ngx_int_t suspend(ngx_http_request_t* request) {
    ngx_event_t* read = request->connection->read;
    request->read_event_handler = ngx_http_test_reading;
    if (read->ready) {
        ngx_post_event(read, &ngx_posted_events);
        return NGX_DONE;
    }
    return ngx_handle_read_event(read, 0) == NGX_OK ? NGX_DONE : NGX_ERROR;
}

void finalize_from_outside(ngx_http_request_t* request, ngx_int_t result) {
    ngx_connection_t* connection = request->connection;
    ngx_http_finalize_request(request, result);
    ngx_http_run_posted_requests(connection);
}

void resume_from_outside(ngx_http_request_t* request) {
    ngx_connection_t* connection = request->connection;
    request->read_event_handler = ngx_http_block_reading;
    request->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(request);
    ngx_http_run_posted_requests(connection);
}

}  // namespace webhook::module
