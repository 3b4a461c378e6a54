#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/transport.h"
#include "certificates.h"
#include "wire_server.h"

/* A machine whose own policy lets TLS 1.0 and anything else pass: the floor has to be the transport's. */
static const char weak_policy[] =
    "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n[default]\n"
    "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n";

static void note(void *context, const struct transfer_result *result)
{
    *(enum transfer_end *)context = result->end;
}

static void old_versions_of_tls_are_not_spoken(void **state)
{
    static const struct {
        int newest_version;
        enum transfer_end end;
    } cases[] = {
        {TLS1_VERSION, TRANSFER_NOT_SENT},
        {TLS1_1_VERSION, TRANSFER_NOT_SENT},
        {TLS1_2_VERSION, TRANSFER_ANSWERED},
        {TLS1_3_VERSION, TRANSFER_ANSWERED},
    };
    static const struct wire_step script[] = {
        {WIRE_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, NULL}};
    struct certificates certificates;
    struct transport_options options = transport_defaults;

    (void)state;
    certificates_make(&certificates);
    options.ca_file = certificates.ca_file;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_tls tls = {certificates.files[CERTIFICATE_GOOD], certificates.key_file,
                                     cases[i].newest_version};
        struct wire_server *server = wire_server_start(script, 1, &tls);
        struct error err;
        struct transport *transport = transport_new(&options, &err);
        enum transfer_end end = TRANSFER_CANCELLED_SENT;
        struct request request;
        char host[32];

        snprintf(host, sizeof(host), "127.0.0.1:%d", wire_server_port(server));
        request_init(&request);
        snprintf(request.method, sizeof(request.method), "POST");
        request.scheme = strdup("https");
        request.host = strdup(host);
        request.path = strdup("/disaster_recovery");
        request.query_text = strdup("");
        assert_non_null(transport_start(transport, &request, note, &end, &err));
        while (transport_running(transport) > 0)
            assert_true(transport_wait(transport, NULL, 0, 20000, &err) >= 0);
        assert_int_equal(end, cases[i].end);
        assert_int_equal(wire_server_requests(server), end == TRANSFER_ANSWERED);
        transport_free(transport);
        request_release(&request);
        wire_server_stop(server);
    }
    certificates_remove(&certificates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_versions_of_tls_are_not_spoken),
    };
    char path[] = "/tmp/drplan-openssl-XXXXXX";
    int fd = mkstemp(path), failed;

    /* OpenSSL reads its configuration once, at its first use. */
    if (fd < 0 || write(fd, weak_policy, sizeof(weak_policy) - 1) != sizeof(weak_policy) - 1 ||
        setenv("OPENSSL_CONF", path, 1) != 0)
        return 1;
    close(fd);
    forget_proxies();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
