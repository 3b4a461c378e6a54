#include "sandbox_support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/fault.h"

/* The sandbox over real connections, in a process of its own. */

struct running {
    pid_t pid;
    int hold_fd;
    int log_fd; /* its standard error; -1: quiet */
    int port;
};

/* Serves until told to stop; then exit() lets the sanitizers look for what was lost. */
static void serve(struct sandbox *sandbox, int stop_fd)
{
    struct error err;
    bool served = sandbox_run(sandbox, stop_fd, &err);

    sandbox_free(sandbox);
    exit(served ? 0 : 1);
}

static void run(struct running *running, struct sandbox *sandbox, bool quiet)
{
    int stop[2];
    int log[2] = {-1, -1};

    assert_int_equal(pipe(stop), 0);
    if (!quiet)
        assert_int_equal(pipe(log), 0);
    fflush(NULL);
    running->port = sandbox_port(sandbox);
    running->pid = fork();
    assert_true(running->pid >= 0);
    if (running->pid == 0) {
        close(stop[1]);
        if (!quiet)
            dup2(log[1], STDERR_FILENO);
        serve(sandbox, stop[0]);
    }
    close(stop[0]);
    if (!quiet)
        close(log[1]);
    running->hold_fd = stop[1];
    running->log_fd = log[0];
    sandbox_free(sandbox);
}

static void start_with(struct running *running, const char *fault, bool quiet)
{
    struct sandbox_options options = {.faults = &fault, .fault_count = fault ? 1 : 0, .quiet = quiet};
    struct error err;
    struct sandbox *sandbox = sandbox_open(&options, &err);

    assert_non_null(sandbox);
    run(running, sandbox, quiet);
}

static void start(struct running *running, const char *fault)
{
    start_with(running, fault, true);
}

static void stop(struct running *running)
{
    int status;

    close(running->hold_fd);
    assert_int_equal(waitpid(running->pid, &status, 0), running->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- A plain client ---- */

static int connect_to(const char *address, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    close(fd);
    return -1;
}

static void send_text(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* refused early: what comes back tells */
        text += sent;
        length -= (size_t)sent;
    }
}

/* Reads to the end; returns 0, or the errno with which it ended. */
static int receive(int fd, struct buf *out)
{
    char block[65536];

    for (;;) {
        ssize_t got = recv(fd, block, sizeof(block), 0);

        if (got == 0)
            return 0;
        if (got < 0)
            return errno;
        buf_add(out, block, (size_t)got);
    }
}

static int ask_port(int port, const struct buf *request, struct buf *answer)
{
    int fd = connect_to("127.0.0.1", port);
    int ended;

    assert_true(fd >= 0);
    buf_clear(answer);
    send_text(fd, buf_text(request), request->length);
    ended = receive(fd, answer);
    close(fd);
    return ended;
}

/* What goes out for a call, dated now; `line` is a further header line. */
static void request_text(struct buf *out, const struct call *call, const char *line)
{
    static int calls;
    struct call fresh = *call;
    struct arrival arrival;
    char nonce[32];

    snprintf(nonce, sizeof(nonce), "%d of %d", ++calls, (int)getpid());
    fresh.nonce = nonce;
    fresh.date = host_system()->now(host_system());
    signed_call(&arrival, &fresh);
    buf_clear(out);
    buf_addf(out, "%s %s HTTP/1.1\r\n", arrival.method, arrival.target);
    for (size_t i = 0; i < arrival.header_count; i++)
        buf_addf(out, "%s: %s\r\n", arrival.headers[i].name, arrival.headers[i].value);
    buf_addf(out, "%sContent-Length: %zu\r\n\r\n", line, arrival.body.length);
    buf_add(out, buf_text(&arrival.body), arrival.body.length);
    assert_false(out->failed);
    arrival_release(&arrival);
}

static int ask(const struct running *running, const struct call *call, struct buf *answer)
{
    struct buf request = BUF_INIT;
    int ended;

    request_text(&request, call, "Connection: close\r\n");
    ended = ask_port(running->port, &request, answer);
    buf_release(&request);
    return ended;
}

static bool is_status(const struct buf *answer, int status)
{
    char line[32];

    snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
    return strncmp(buf_text(answer), line, strlen(line)) == 0;
}

static long plan_count(const struct running *running)
{
    struct buf answer = BUF_INIT;
    const char *count;
    long plans;

    assert_int_equal(ask(running, &list_call, &answer), 0);
    assert_true(is_status(&answer, 200));
    count = strstr(buf_text(&answer), "\"totalCount\":");
    assert_non_null(count);
    plans = strtol(count + strlen("\"totalCount\":"), NULL, 10);
    buf_release(&answer);
    return plans;
}

/* ---- Serving ---- */

static void a_plan_is_created_over_the_wire(void **state)
{
    struct buf answer = BUF_INIT;
    struct running running;

    (void)state;
    start(&running, NULL);
    assert_int_equal(ask(&running, &create_call, &answer), 0);
    assert_true(is_status(&answer, 200));
    assert_non_null(strstr(buf_text(&answer), "\"data\":1300000001"));
    assert_int_equal(plan_count(&running), 1);
    buf_release(&answer);
    stop(&running);
}

static const char *header_line(const struct buf *answer, const char *name, char *value, size_t size)
{
    const char *at = strcasestr(buf_text(answer), name);

    assert_non_null(at);
    at += strlen(name);
    snprintf(value, size, "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

static void every_answer_has_a_date_and_its_request_id(void **state)
{
    static const char *const faults[] = {"*=ok", "*=503", "*=502", "*=denied", "*=html", "*=empty"};
    struct buf answer = BUF_INIT;
    struct running running;
    char value[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        start(&running, faults[i]);
        assert_int_equal(ask(&running, &create_call, &answer), 0);
        header_line(&answer, "\r\nDate: ", value, sizeof(value));
        assert_int_equal(strlen(value), 29);
        assert_string_equal(value + 25, " GMT");
        header_line(&answer, "\r\nx-acs-request-id: ", value, sizeof(value));
        assert_int_equal(strlen(value), 36);
        if (i < 2)
            assert_non_null(strstr(strstr(buf_text(&answer), "\r\n\r\n"), value));
        stop(&running);
    }
    buf_release(&answer);
}

static void throttling_says_how_long_to_wait(void **state)
{
    struct buf answer = BUF_INIT;
    struct running running;
    char value[64];

    (void)state;
    start(&running, "*=throttle");
    assert_int_equal(ask(&running, &create_call, &answer), 0);
    assert_true(is_status(&answer, 429));
    assert_string_equal(header_line(&answer, "\r\nx-acs-retry-after: ", value, sizeof(value)), "1000");
    buf_release(&answer);
    stop(&running);
}

static void connections_wait_until_it_runs(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    struct error err;
    struct sandbox *sandbox = sandbox_open(&options, &err);
    int fd;

    (void)state;
    assert_non_null(sandbox);
    fd = connect_to("127.0.0.1", sandbox_port(sandbox));
    assert_true(fd >= 0);
    request_text(&request, &list_call, "Connection: close\r\n");
    send_text(fd, buf_text(&request), request.length);
    run(&running, sandbox, true);
    assert_int_equal(receive(fd, &answer), 0);
    assert_true(is_status(&answer, 200));
    close(fd);
    buf_release(&request);
    buf_release(&answer);
    stop(&running);
}

static void only_127_0_0_1_is_listened_on(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct error err;
    struct sandbox *sandbox = sandbox_open(&options, &err);
    int fd;

    (void)state;
    assert_non_null(sandbox);
    fd = connect_to("127.0.0.1", sandbox_port(sandbox));
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(connect_to("127.0.0.2", sandbox_port(sandbox)), -1);
    assert_int_equal(errno, ECONNREFUSED);
    sandbox_free(sandbox);
}

static void a_port_that_is_taken_is_named(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct error err = {0};
    struct sandbox *sandbox = sandbox_open(&options, &err);
    char port[16];

    (void)state;
    assert_non_null(sandbox);
    options.port = sandbox_port(sandbox);
    snprintf(port, sizeof(port), "port %d", options.port);
    assert_null(sandbox_open(&options, &err));
    assert_non_null(strstr(err.text, port));
    options.port = 65536;
    assert_null(sandbox_open(&options, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    sandbox_free(sandbox);
}

static void a_connection_serves_several_requests(void **state)
{
    struct buf request = BUF_INIT;
    struct buf both = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    const char *second;

    (void)state;
    start(&running, NULL);
    request_text(&request, &create_call, "");
    buf_add(&both, buf_text(&request), request.length);
    request_text(&request, &list_call, "Connection: close\r\n");
    buf_add(&both, buf_text(&request), request.length);
    assert_int_equal(ask_port(running.port, &both, &answer), 0);
    assert_true(is_status(&answer, 200));
    second = strstr(buf_text(&answer) + 1, "HTTP/1.1 200 ");
    assert_non_null(second);
    assert_non_null(strstr(second, "\"totalCount\":1"));
    buf_release(&request);
    buf_release(&both);
    buf_release(&answer);
    stop(&running);
}

/* As the npm SDK sends it: in chunks, without a length. */
static void a_chunked_body_is_taken(void **state)
{
    struct buf request = BUF_INIT;
    struct buf chunked = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    size_t head;

    (void)state;
    start(&running, NULL);
    request_text(&request, &create_call, "Connection: close\r\nTransfer-Encoding: chunked\r\n");
    head = (size_t)(strstr(buf_text(&request), "Content-Length") - buf_text(&request));
    buf_add(&chunked, request.data, head);
    buf_addf(&chunked, "\r\n9\r\n%.9s\r\n%zx\r\n%s\r\n0\r\n\r\n", create_call.body,
             strlen(create_call.body) - 9, create_call.body + 9);
    assert_int_equal(ask_port(running.port, &chunked, &answer), 0);
    assert_true(is_status(&answer, 200));
    buf_release(&request);
    buf_release(&chunked);
    buf_release(&answer);
    stop(&running);
}

static void a_body_over_the_limit_is_refused_over_the_wire(void **state)
{
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    struct call call = create_call;
    char *body = malloc(ARRIVAL_BODY_MAX + 2);
    size_t head;

    (void)state;
    assert_non_null(body);
    memset(body, ' ', ARRIVAL_BODY_MAX + 1);
    body[ARRIVAL_BODY_MAX + 1] = '\0';
    start(&running, NULL);

    request_text(&request, &create_call, "Connection: close\r\n");
    head = (size_t)(strstr(buf_text(&request), "Content-Length") - buf_text(&request));
    buf_remove(&request, head, request.length - head);
    buf_addf(&request, "Content-Length: %zu\r\n\r\n", ARRIVAL_BODY_MAX + 1);
    buf_add(&request, body, ARRIVAL_BODY_MAX + 1);
    assert_int_equal(ask_port(running.port, &request, &answer), 0);
    assert_true(is_status(&answer, 413));

    body[ARRIVAL_BODY_MAX] = '\0';
    call.body = body;
    assert_int_equal(ask(&running, &call, &answer), 0);
    assert_true(is_status(&answer, 400));
    assert_non_null(strstr(buf_text(&answer), "InvalidParameter.Format"));
    free(body);
    buf_release(&request);
    buf_release(&answer);
    stop(&running);
}

/* ---- Tampering on the way ---- */

static void tamper_between(const struct running *running, struct buf *request, const char *from,
                           const char *to)
{
    size_t first = (size_t)(strstr(buf_text(request), from) - buf_text(request));
    size_t end = to ? (size_t)(strstr(request->data + first, to) - request->data) : request->length;
    struct buf answer = BUF_INIT;

    if (from[0] == '\r')
        first = (size_t)(strchr(request->data + first, ':') - request->data) + 2;
    for (size_t i = first; i < end; i++) {
        char before = request->data[i];

        request->data[i] = (char)(before ^ 1);
        assert_int_equal(ask_port(running->port, request, &answer), 0);
        if (is_status(&answer, 200) || answer.length == 0)
            fail_msg("passes with byte %zu changed: %s", i, request->data);
        request->data[i] = before;
    }
    buf_release(&answer);
}

static void a_request_changed_on_its_way_creates_nothing(void **state)
{
    static const char *const headers[] = {
        "\r\nhost:",         "\r\nx-acs-action:",          "\r\nx-acs-version:",        "\r\nx-acs-date:",
        "\r\ncontent-type:", "\r\nx-acs-signature-nonce:", "\r\nx-acs-content-sha256:", "\r\nauthorization:",
    };
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;

    (void)state;
    start(&running, NULL);
    request_text(&request, &create_call, "Connection: close\r\n");
    tamper_between(&running, &request, "POST", " ");
    tamper_between(&running, &request, "/disaster", " ");
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        tamper_between(&running, &request, headers[i], "\r\n");
    tamper_between(&running, &request, "{\"planName", NULL);
    assert_int_equal(plan_count(&running), 0);
    assert_int_equal(ask_port(running.port, &request, &answer), 0);
    assert_true(is_status(&answer, 200));
    assert_int_equal(ask_port(running.port, &request, &answer), 0);
    assert_non_null(strstr(buf_text(&answer), "SignatureNonceUsed"));
    assert_int_equal(plan_count(&running), 1);
    buf_release(&request);
    buf_release(&answer);
    stop(&running);
}

/* ---- Faults of the wire ---- */

static void a_dropped_request_gets_nothing_and_does_what_was_said(void **state)
{
    static const struct {
        const char *fault;
        int ended;
        long plans;
    } cases[] = {
        {"CreateDisasterRecoveryPlan=drop-after*1", 0, 1},
        {"CreateDisasterRecoveryPlan=reset-after-body*1", ECONNRESET, 1},
    };
    struct buf answer = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct running running;

        start(&running, cases[i].fault);
        assert_int_equal(ask(&running, &create_call, &answer), cases[i].ended);
        assert_int_equal(answer.length, 0);
        assert_int_equal(plan_count(&running), cases[i].plans);
        assert_int_equal(ask(&running, &create_call, &answer), 0);
        assert_true(is_status(&answer, 200));
        stop(&running);
    }
    buf_release(&answer);
}

static void drop_before_does_not_wait_for_the_body(void **state)
{
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    int fd;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=drop-before*1");
    request_text(&request, &create_call, "Connection: close\r\n");
    fd = connect_to("127.0.0.1", running.port);
    send_text(fd, buf_text(&request), request.length - strlen(create_call.body));
    assert_int_equal(receive(fd, &answer), 0);
    assert_int_equal(answer.length, 0);
    close(fd);
    assert_int_equal(plan_count(&running), 0);

    /* The gateway never saw it, so the same bytes pass. */
    assert_int_equal(ask_port(running.port, &request, &answer), 0);
    assert_true(is_status(&answer, 200));
    buf_release(&request);
    buf_release(&answer);
    stop(&running);
}

static void an_answer_can_end_within_its_headers(void **state)
{
    struct buf answer = BUF_INIT;
    struct running running;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=half-headers");
    assert_int_equal(ask(&running, &create_call, &answer), 0);
    assert_true(is_status(&answer, 200));
    assert_null(strstr(buf_text(&answer), "\r\n\r\n"));
    assert_string_equal(buf_text(&answer) + answer.length - 10, "Content-Ty");
    assert_int_equal(plan_count(&running), 1);
    buf_release(&answer);
    stop(&running);
}

static void an_answer_can_end_within_its_body(void **state)
{
    struct buf answer = BUF_INIT;
    struct running running;
    char value[64];
    size_t promised;
    size_t came;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=truncated");
    assert_int_equal(ask(&running, &create_call, &answer), 0);
    assert_true(is_status(&answer, 200));
    promised = strtoul(header_line(&answer, "\r\nContent-Length: ", value, sizeof(value)), NULL, 10);
    came = strlen(strstr(buf_text(&answer), "\r\n\r\n") + 4);
    assert_true(came > 0 && came < promised);
    assert_int_equal(plan_count(&running), 1);
    buf_release(&answer);
    stop(&running);
}

static void an_answer_can_be_far_too_big(void **state)
{
    struct buf answer = BUF_INIT;
    struct running running;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=big");
    assert_int_equal(ask(&running, &create_call, &answer), 0);
    assert_true(is_status(&answer, 200));
    assert_true(answer.length > 1 << 20);
    assert_int_equal(plan_count(&running), 1);
    buf_release(&answer);
    stop(&running);
}

static void a_slow_answer_comes_late_and_holds_nobody_up(void **state)
{
    struct host *host = host_system();
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    int64_t begun;
    int fd;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=slow=700");
    request_text(&request, &create_call, "Connection: close\r\n");
    fd = connect_to("127.0.0.1", running.port);
    begun = host->ticks(host);
    send_text(fd, buf_text(&request), request.length);
    while (plan_count(&running) == 0) { /* created at once, while its answer is held */
    }
    assert_true(host->ticks(host) - begun < 700);
    assert_int_equal(receive(fd, &answer), 0);
    assert_true(host->ticks(host) - begun >= 700);
    assert_true(is_status(&answer, 200));
    close(fd);
    buf_release(&request);
    buf_release(&answer);
    stop(&running);
}

static void a_hanging_request_gets_nothing_until_the_end(void **state)
{
    struct buf request = BUF_INIT;
    struct buf answer = BUF_INIT;
    struct running running;
    int fd;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=hang");
    request_text(&request, &create_call, "Connection: close\r\n");
    fd = connect_to("127.0.0.1", running.port);
    send_text(fd, buf_text(&request), request.length);
    assert_int_equal(plan_count(&running), 0);
    stop(&running);
    assert_int_equal(receive(fd, &answer), 0);
    assert_int_equal(answer.length, 0);
    close(fd);
    buf_release(&request);
    buf_release(&answer);
}

static int open_files(pid_t pid)
{
    char path[64];
    DIR *folder;
    int count = 0;

    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void a_client_that_gives_up_leaves_nothing_behind(void **state)
{
    struct buf request = BUF_INIT;
    struct running running;
    int before;

    (void)state;
    start(&running, "CreateDisasterRecoveryPlan=hang");
    plan_count(&running);
    before = open_files(running.pid);
    for (int i = 0; i < 50; i++) {
        int fd = connect_to("127.0.0.1", running.port);

        request_text(&request, &create_call, "");
        send_text(fd, buf_text(&request), request.length);
        plan_count(&running);
        close(fd);
    }
    for (int i = 0; i < 100 && open_files(running.pid) > before; i++)
        plan_count(&running);
    assert_true(open_files(running.pid) <= before);
    buf_release(&request);
    stop(&running);
}

/* ---- The log ---- */

static void each_request_is_a_line_without_secrets(void **state)
{
    struct buf answer = BUF_INIT;
    struct buf request = BUF_INIT;
    struct buf log = BUF_INIT;
    struct running running;
    struct call call = list_call;
    char block[4096];
    ssize_t got;

    (void)state;
    start_with(&running, "GetDisasterRecoveryPlan=drop-after", false);
    ask(&running, &create_call, &answer);
    call.action = "List\x1b[2J";
    ask(&running, &call, &answer);
    call.action = "GetDisasterRecoveryPlan";
    call.path = "/disaster_recovery/1300000001";
    ask(&running, &call, &answer);
    buf_add_text(&request, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ask_port(running.port, &request, &answer);
    stop(&running);
    while ((got = read(running.log_fd, block, sizeof(block))) > 0)
        buf_add(&log, block, (size_t)got);
    close(running.log_fd);

    assert_non_null(strstr(buf_text(&log), "Z CreateDisasterRecoveryPlan 200 200\n"));
    assert_non_null(strstr(buf_text(&log), "Z List^[[2J 404 InvalidAction.NotFound\n"));
    assert_non_null(strstr(buf_text(&log), "Z GetDisasterRecoveryPlan - - (fault: drop-after)\n"));
    assert_non_null(strstr(buf_text(&log), "Z - 400 InvalidVersion\n"));
    assert_null(strstr(buf_text(&log), "hunter"));
    assert_null(strstr(buf_text(&log), SANDBOX_ACCESS_KEY_ID));
    assert_null(strchr(buf_text(&log), '\x1b'));
    buf_release(&answer);
    buf_release(&request);
    buf_release(&log);
}

static void it_stops_when_something_can_be_read(void **state)
{
    struct running running;

    (void)state;
    start(&running, NULL);
    assert_int_equal(write(running.hold_fd, "x", 1), 1);
    assert_int_equal(waitpid(running.pid, NULL, 0), running.pid);
    close(running.hold_fd);
}

/* ---- A sandbox of one's own ---- */

static struct running of_private(const struct private_sandbox *sandbox)
{
    return (struct running){.pid = sandbox->pid,
                            .port = (int)strtol(strrchr(sandbox->endpoint, ':') + 1, NULL, 10)};
}

static void a_private_sandbox_serves_until_it_is_stopped(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct private_sandbox sandbox;
    struct running running;
    struct error err;

    (void)state;
    assert_true(private_sandbox_start(&options, &sandbox, &err));
    assert_memory_equal(sandbox.endpoint, "http://127.0.0.1:", 17);
    running = of_private(&sandbox);
    assert_int_equal(plan_count(&running), 0);
    private_sandbox_stop(&sandbox);
    assert_int_equal(kill(running.pid, 0), -1);
    assert_int_equal(connect_to("127.0.0.1", running.port), -1);
    private_sandbox_stop(&sandbox);
}

static void a_private_sandbox_minds_no_signal_meant_for_its_parent(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct private_sandbox sandbox;
    struct running running;
    struct error err;

    (void)state;
    assert_true(private_sandbox_start(&options, &sandbox, &err));
    running = of_private(&sandbox);
    plan_count(&running);
    assert_int_not_equal(getsid(sandbox.pid), getsid(0));
    kill(sandbox.pid, SIGINT);
    kill(sandbox.pid, SIGHUP);
    assert_int_equal(plan_count(&running), 0);
    private_sandbox_stop(&sandbox);
}

static void a_private_sandbox_holds_no_file_of_its_parent(void **state)
{
    struct sandbox_options options = {.quiet = true};
    struct private_sandbox sandbox;
    struct error err;
    struct pollfd end = {.events = POLLIN};
    int ends[2];
    char byte;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(private_sandbox_start(&options, &sandbox, &err));
    close(ends[1]);
    end.fd = ends[0];
    assert_int_equal(poll(&end, 1, 20000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* ends only when nobody else can write */
    close(ends[0]);
    private_sandbox_stop(&sandbox);
}

static void a_private_sandbox_does_not_outlive_a_parent_that_is_killed(void **state)
{
    struct private_sandbox sandbox;
    int ends[2];
    pid_t parent;

    (void)state;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        struct sandbox_options options = {.quiet = true};
        struct error err;

        if (!private_sandbox_start(&options, &sandbox, &err) ||
            write(ends[1], &sandbox, sizeof(sandbox)) != (ssize_t)sizeof(sandbox))
            _exit(1);
        pause();
        _exit(1);
    }
    assert_int_equal(read(ends[0], &sandbox, sizeof(sandbox)), sizeof(sandbox));
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    assert_int_equal(waitpid(sandbox.pid, NULL, 0), sandbox.pid);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_created_over_the_wire),
        cmocka_unit_test(every_answer_has_a_date_and_its_request_id),
        cmocka_unit_test(throttling_says_how_long_to_wait),
        cmocka_unit_test(connections_wait_until_it_runs),
        cmocka_unit_test(only_127_0_0_1_is_listened_on),
        cmocka_unit_test(a_port_that_is_taken_is_named),
        cmocka_unit_test(a_connection_serves_several_requests),
        cmocka_unit_test(a_chunked_body_is_taken),
        cmocka_unit_test(a_body_over_the_limit_is_refused_over_the_wire),
        cmocka_unit_test(a_request_changed_on_its_way_creates_nothing),
        cmocka_unit_test(a_dropped_request_gets_nothing_and_does_what_was_said),
        cmocka_unit_test(drop_before_does_not_wait_for_the_body),
        cmocka_unit_test(an_answer_can_end_within_its_headers),
        cmocka_unit_test(an_answer_can_end_within_its_body),
        cmocka_unit_test(an_answer_can_be_far_too_big),
        cmocka_unit_test(a_slow_answer_comes_late_and_holds_nobody_up),
        cmocka_unit_test(a_hanging_request_gets_nothing_until_the_end),
        cmocka_unit_test(a_client_that_gives_up_leaves_nothing_behind),
        cmocka_unit_test(each_request_is_a_line_without_secrets),
        cmocka_unit_test(it_stops_when_something_can_be_read),
        cmocka_unit_test(a_private_sandbox_serves_until_it_is_stopped),
        cmocka_unit_test(a_private_sandbox_minds_no_signal_meant_for_its_parent),
        cmocka_unit_test(a_private_sandbox_holds_no_file_of_its_parent),
        cmocka_unit_test(a_private_sandbox_does_not_outlive_a_parent_that_is_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
