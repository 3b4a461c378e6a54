#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * measure CPU COMMAND [ARGUMENT...]: runs a command with its output thrown away
 * and prints what it took with all its children: microseconds of CPU, of wall,
 * KiB of memory at most. It is kept to one processor where CPU is not "-", and so
 * are its children. Its exit status is that of the command.
 */
static void keep_to(const char *cpu)
{
    cpu_set_t set;

    if (strcmp(cpu, "-") == 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((size_t)strtoul(cpu, NULL, 10), &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

static void run(char **command)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        _exit(126);
    execvp(command[0], command);
    _exit(127);
}

static long microseconds(const struct timeval *time)
{
    return time->tv_sec * 1000000 + time->tv_usec;
}

int main(int argc, char **argv)
{
    struct timespec before, after;
    struct rusage usage;
    int status = 0;
    pid_t child;

    if (argc < 3)
        return 2;
    keep_to(argv[1]);
    clock_gettime(CLOCK_MONOTONIC, &before);
    child = fork();
    if (child == 0)
        run(argv + 2);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &after);
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("%ld %ld %ld\n", microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime),
           (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000,
           usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
