/* A module of nginx with a directive that looks as if it assigned a variable: "set_own_place NAME". Each worker process
   says whether the module still stands in the list of modules, where modules look themselves up. */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

extern ngx_module_t own_place_module;

static char *set_own_place(ngx_conf_t *cf, ngx_command_t *command, void *conf) {
    (void)cf, (void)command, (void)conf;
    return NGX_CONF_OK;
}

static ngx_command_t commands[] = {
    {ngx_string("set_own_place"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_own_place, 0, 0, NULL},
    ngx_null_command,
};

static ngx_http_module_t context;

static ngx_int_t init_process(ngx_cycle_t *cycle) {
    ngx_module_t **module = cycle->modules;
    while (*module != NULL && *module != &own_place_module) ++module;
    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, "own place: %s", *module != NULL ? "kept" : "lost");
    return NGX_OK;
}

ngx_module_t own_place_module = {
    NGX_MODULE_V1, &context, commands, NGX_HTTP_MODULE, NULL, NULL, init_process, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING,
};

/* What load_module reads. */
ngx_module_t *ngx_modules[] = {&own_place_module, NULL};
char *ngx_module_names[] = {"own_place_module", NULL};
char *ngx_module_order[] = {NULL};
