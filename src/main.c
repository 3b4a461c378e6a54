#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/host.h"
#include "base/json.h"
#include "cli/command.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/*
 * Where a standard file is closed, the next file that is opened would take its
 * place: a draft could become standard output. What is opened instead refuses
 * the use the program has for it, so that a lost result is noticed.
 */
static void hold_standard_files(void)
{
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
            _exit(1);
}

/* Neither a crash nor another process of the same user gets at the secrets in memory. */
static void close_memory(void)
{
    const struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
#ifndef SANITIZED /* the leak check looks at this process from another one */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
    struct error err;

    hold_standard_files();
    close_memory();
    setlocale(LC_CTYPE, ""); /* nothing else follows the locale: JSON has points in its numbers everywhere */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    unsetenv("SSLKEYLOGFILE"); /* libcurl would write the keys of every connection there */
    json_wipe_on_free();
    if (!host_hide_secrets(&err)) {
        fprintf(stderr, "drplan: %s\n", err.text);
        return 1;
    }
    return cli_main(argc, argv);
}
