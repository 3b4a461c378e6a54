/*
 * A library to be preloaded: the n-th allocation of the program fails, or that
 * one and all behind it.
 *
 *   FAIL_MALLOC_AT=N        which one, from 1; 0 or unset: they are only counted
 *   FAIL_MALLOC_ON=1        and all behind it
 *   FAIL_MALLOC_RELIEF=1    until a block of 256 KiB or more is given back
 *   FAIL_MALLOC_POSTED=1    only what is asked for behind the first POST counts
 *   FAIL_MALLOC_ANYBODY=1   allocations of all libraries count; else those of drplan itself, of its modules,
 * and of the C library on their behalf (strdup(), fopen(), realpath()) FAIL_MALLOC_REPORT=FILE gets a struct
 * failing_malloc_report, also when the program is killed
 *
 * Only the process that was started counts, none that it forks. With the address sanitizer, its library comes
 * behind this one in LD_PRELOAD.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unwind.h>

#include "failing_malloc.h"

enum { OBJECTS_MAX = 128, EARLY_SIZE = 1 << 16, RELIEF_SIZE = 256 << 10 };

enum owner { OWNER_US, OWNER_DRPLAN, OWNER_LIBC, OWNER_OTHER };

struct object {
    uintptr_t start, end;
    enum owner owner;
};

/* A preloaded library is called without an argument: what it knows can stand nowhere else. */
static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    ssize_t (*send)(int, const void *, size_t, int);
    bool finding;
    _Alignas(16) char early[EARLY_SIZE]; /* what is asked for before the real ones are found */
    size_t early_used;
    struct object objects[OBJECTS_MAX];
    size_t object_count;
    unsigned long long objects_seen; /* by the dynamic linker, when the list was made */
    struct failing_malloc_report own_report, *report;
    uint64_t at;
    bool on, relief, anybody;
    bool waits;    /* for a POST */
    pid_t process; /* 0: not armed */
} shim;

/* Without a call to where it is: the sanitizer would answer that, which is not ready when the first memory is
 * asked for. */
static __thread bool busy __attribute__((tls_model("initial-exec")));

/* ---- The real ones ---- */

static void find_real(void)
{
    if (shim.malloc || shim.finding)
        return;
    shim.finding = true;
    *(void **)&shim.calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&shim.realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&shim.free = dlsym(RTLD_NEXT, "free");
    *(void **)&shim.posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    *(void **)&shim.aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
    *(void **)&shim.send = dlsym(RTLD_NEXT, "send");
    *(void **)&shim.malloc = dlsym(RTLD_NEXT, "malloc");
    shim.finding = false;
}

/* Each piece has its length before it. */
static void *early_malloc(size_t size)
{
    size_t taken = (size + 31) & ~(size_t)15;
    char *start = shim.early + shim.early_used;

    if (taken < size || taken > EARLY_SIZE - shim.early_used)
        return NULL;
    shim.early_used += taken;
    memcpy(start, &size, sizeof(size));
    return start + 16;
}

static bool is_early(const void *memory)
{
    return (uintptr_t)memory >= (uintptr_t)shim.early &&
           (uintptr_t)memory < (uintptr_t)shim.early + EARLY_SIZE;
}

/* ---- Who asks ---- */

static enum owner owner_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    /* The program itself has no name here. */
    if (!*name || strncmp(name, "drplan", 6) == 0)
        return OWNER_DRPLAN;
    return strncmp(name, "libc.so", 7) == 0 ? OWNER_LIBC : OWNER_OTHER;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *unused)
{
    struct object *object = &shim.objects[shim.object_count];
    uintptr_t us = (uintptr_t)&note_object;

    (void)unused;
    if (size >= offsetof(struct dl_phdr_info, dlpi_adds) + sizeof(info->dlpi_adds))
        shim.objects_seen = info->dlpi_adds;
    if (shim.object_count == OBJECTS_MAX)
        return 0;
    *object = (struct object){.start = UINTPTR_MAX, .owner = owner_of(info->dlpi_name)};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        uintptr_t end = start + info->dlpi_phdr[i].p_memsz;

        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        object->start = start < object->start ? start : object->start;
        object->end = end > object->end ? end : object->end;
    }
    if (us >= object->start && us < object->end)
        object->owner = OWNER_US;
    shim.object_count++;
    return 0;
}

static int count_objects(struct dl_phdr_info *info, size_t size, void *seen)
{
    (void)size;
    *(unsigned long long *)seen = info->dlpi_adds;
    return 1;
}

static const struct object *find_object(uintptr_t address)
{
    for (size_t i = 0; i < shim.object_count; i++)
        if (address >= shim.objects[i].start && address < shim.objects[i].end)
            return &shim.objects[i];
    return NULL;
}

static enum owner owner_at(uintptr_t place)
{
    const struct object *object = find_object(place);
    unsigned long long seen = 0;

    if (!object) {
        dl_iterate_phdr(count_objects, &seen);
        if (seen != shim.objects_seen) {
            shim.object_count = 0;
            dl_iterate_phdr(note_object, NULL);
            object = find_object(place);
        }
    }
    return object ? object->owner : OWNER_OTHER;
}

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *asker)
{
    enum owner owner = owner_at(_Unwind_GetIP(context));

    if (owner == OWNER_US || owner == OWNER_LIBC)
        return _URC_NO_REASON;
    *(enum owner *)asker = owner;
    return _URC_END_OF_STACK;
}

/* For whom the C library asks. */
static bool is_for_drplan(void)
{
    enum owner asker = OWNER_OTHER;

    _Unwind_Backtrace(look_at_frame, &asker);
    return asker == OWNER_DRPLAN;
}

static bool counts(const void *caller)
{
    enum owner owner;

    if (shim.anybody)
        return true;
    owner = owner_at((uintptr_t)caller);
    return owner == OWNER_DRPLAN || (owner == OWNER_LIBC && is_for_drplan());
}

static bool must_fail(const void *caller)
{
    bool fails = false;

    if (busy || shim.waits || shim.process == 0 || getpid() != shim.process)
        return false;
    busy = true;
    if (counts(caller)) {
        uint64_t number = __atomic_add_fetch(&shim.report->counted, 1, __ATOMIC_RELAXED);

        fails = shim.at > 0 && (number == shim.at || (shim.on && number > shim.at));
        if (fails)
            __atomic_add_fetch(&shim.report->failed, 1, __ATOMIC_RELAXED);
    }
    busy = false;
    if (fails)
        errno = ENOMEM;
    return fails;
}

/* ---- What takes their place ---- */

#define EXPORTED __attribute__((visibility("default")))
#define CALLER   __builtin_return_address(0)

EXPORTED void *malloc(size_t size)
{
    find_real();
    if (!shim.malloc)
        return early_malloc(size);
    return must_fail(CALLER) ? NULL : shim.malloc(size);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    find_real();
    if (!shim.malloc)
        return early_malloc(count * size); /* zero, as nothing there is given out twice */
    return must_fail(CALLER) ? NULL : shim.calloc(count, size);
}

static void *move_early(void *memory, size_t size)
{
    size_t old;
    void *moved = shim.malloc ? shim.malloc(size) : early_malloc(size);

    memcpy(&old, (char *)memory - 16, sizeof(old));
    if (moved)
        memcpy(moved, memory, old < size ? old : size);
    return moved;
}

EXPORTED void *realloc(void *memory, size_t size)
{
    find_real();
    if (is_early(memory))
        return move_early(memory, size);
    if (!shim.malloc)
        return early_malloc(size);
    return size > 0 && must_fail(CALLER) ? NULL : shim.realloc(memory, size);
}

EXPORTED void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t whole;

    find_real();
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    if (is_early(memory))
        return move_early(memory, whole);
    return must_fail(CALLER) ? NULL : shim.realloc(memory, whole);
}

EXPORTED void free(void *memory)
{
    find_real();
    if (!memory || is_early(memory) || !shim.free)
        return;
    if (shim.relief && malloc_usable_size(memory) >= RELIEF_SIZE)
        shim.on = false;
    shim.free(memory);
}

EXPORTED int posix_memalign(void **memory, size_t alignment, size_t size)
{
    find_real();
    return must_fail(CALLER) ? ENOMEM : shim.posix_memalign(memory, alignment, size);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    find_real();
    return must_fail(CALLER) ? NULL : shim.aligned_alloc(alignment, size);
}

/* ---- What begins the count ---- */

EXPORTED ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    ssize_t sent;

    find_real();
    sent = shim.send(fd, bytes, length, flags);
    if (sent > 5 && memcmp(bytes, "POST ", 5) == 0)
        shim.waits = false;
    return sent;
}

/* ---- Beginning ---- */

static uint64_t number_of(const char *name)
{
    const char *value = getenv(name);

    return value ? strtoull(value, NULL, 10) : 0;
}

static void open_report(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return;
    if (ftruncate(fd, sizeof(*shim.report)) == 0) {
        void *mapped = mmap(NULL, sizeof(*shim.report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (mapped != MAP_FAILED)
            shim.report = mapped;
    }
    close(fd);
}

__attribute__((constructor)) static void arm(void)
{
    const char *path = getenv("FAIL_MALLOC_REPORT");

    find_real();
    busy = true;
    dl_iterate_phdr(note_object, NULL);
    shim.report = &shim.own_report;
    if (path)
        open_report(path);
    shim.at = number_of("FAIL_MALLOC_AT");
    shim.on = number_of("FAIL_MALLOC_ON") != 0;
    shim.relief = number_of("FAIL_MALLOC_RELIEF") != 0;
    shim.anybody = number_of("FAIL_MALLOC_ANYBODY") != 0;
    shim.waits = number_of("FAIL_MALLOC_POSTED") != 0;
    shim.process = getpid();
    busy = false;
}
