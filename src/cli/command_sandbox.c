#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "sandbox/sandbox.h"

static void introduce(const struct sandbox *sandbox)
{
    int port = sandbox_port(sandbox);

    print_line("listening on http://127.0.0.1:%d", port);
    output_flush();
    remark("Nothing here is real. To use it from another terminal:");
    remark("  export ALIBABA_CLOUD_ACCESS_KEY_ID=%s", SANDBOX_ACCESS_KEY_ID);
    remark("  export ALIBABA_CLOUD_ACCESS_KEY_SECRET=%s", SANDBOX_ACCESS_KEY_SECRET);
    remark("  drplan --endpoint http://127.0.0.1:%d", port);
    remark("Ctrl-C stops it.");
}

enum end command_sandbox(const struct options *options)
{
    struct sandbox_options how = {.port = (int)options->port,
                                  .faults = options->faults,
                                  .fault_count = (int)options->fault_count,
                                  .state_file = options->state,
                                  .quiet = options->quiet};
    struct error err;
    struct sandbox *sandbox = sandbox_open(&how, &err);
    int stop_fd;
    bool ok;

    if (!sandbox)
        return end_with(&err);
    stop_fd = interrupt_open(&err);
    ok = stop_fd >= 0;
    if (ok) {
        introduce(sandbox);
        /* Whoever started it waits for the line that says where it listens: without it, it is of no use. */
        ok = output_broken() || sandbox_run(sandbox, stop_fd, &err);
    }
    sandbox_free(sandbox);
    interrupt_close(stop_fd);
    return ok ? END_DONE : end_with(&err);
}
