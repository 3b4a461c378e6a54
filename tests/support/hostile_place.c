#include "hostile_place.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "folder.h"
#include "hostile.h"

enum { REQUEST_MAX = 1 << 20 };

static struct {
    char folder[FOLDER_SIZE];
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    int fd, port;
    int create_status; /* of what is answered to a create call */
    char *create, *other;
    size_t creates;
    char request[REQUEST_MAX];
} place;

static void die(const char *what)
{
    perror(what);
    abort();
}

/* ---- The service ---- */

static bool read_request(int fd, char *bytes, size_t size)
{
    size_t length = 0, wanted = 0;
    const char *end, *field;

    while (length + 1 < size) {
        ssize_t got = recv(fd, bytes + length, size - 1 - length, 0);

        if (got <= 0)
            return false;
        length += (size_t)got;
        bytes[length] = '\0';
        end = strstr(bytes, "\r\n\r\n");
        field = strcasestr(bytes, "content-length: ");
        wanted = field ? (size_t)strtoul(field + 16, NULL, 10) : 0;
        if (end && length >= (size_t)(end + 4 - bytes) + wanted)
            return true;
    }
    return false;
}

static void send_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

static void add_json(struct buf *out, const char *text)
{
    char *json = hostile_as_json(text, false);

    if (!json)
        die("memory");
    buf_add_text(out, json);
    free(json);
}

/* The request stands for "@R@". */
static void add_body(const char *answer, const char *request, struct buf *out)
{
    const char *found = strstr(answer, "@R@");

    if (!found) {
        buf_add_text(out, answer);
        return;
    }
    buf_add(out, answer, (size_t)(found - answer));
    add_json(out, request);
    buf_add_text(out, found + 3);
}

static void answer(int fd)
{
    struct buf head = BUF_INIT, body = BUF_INIT;
    bool creates;

    if (!read_request(fd, place.request, sizeof(place.request)))
        return;
    pthread_mutex_lock(&place.lock);
    creates = strncmp(place.request, "POST /disaster_recovery ", 24) == 0;
    place.creates += creates ? 1 : 0;
    add_body(creates ? place.create : place.other, place.request, &body);
    buf_addf(&head, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             creates ? place.create_status : 200, body.length);
    send_all(fd, buf_text(&head));
    send_all(fd, buf_text(&body));
    pthread_mutex_unlock(&place.lock);
    buf_release(&head);
    buf_release(&body);
}

static void *serve(void *unused)
{
    int fd;

    (void)unused;
    while ((fd = accept(place.fd, NULL, NULL)) >= 0) {
        answer(fd);
        close(fd);
    }
    return NULL;
}

static void start_service(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    place.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(place.fd, (struct sockaddr *)&address, length) != 0 || listen(place.fd, 64) != 0 ||
        getsockname(place.fd, (struct sockaddr *)&address, &length) != 0)
        die("a service on loopback");
    place.port = ntohs(address.sin_port);
    pthread_mutex_init(&place.lock, NULL);
    if (pthread_create(&place.thread, NULL, serve, NULL) != 0)
        die("pthread_create");
}

size_t hostile_place_creates(void)
{
    size_t creates;

    pthread_mutex_lock(&place.lock);
    creates = place.creates;
    pthread_mutex_unlock(&place.lock);
    return creates;
}

/* ---- The place ---- */

void hostile_place_clear(void)
{
    folder_empty(place.folder);
    if (mkdir("drplan", 0700) != 0 || mkdir("drplan/autosave", 0700) != 0 || mkdir(".aliyun", 0700) != 0)
        die("mkdir");
}

int hostile_place_enter(void **state)
{
    (void)state;
    /* A program that ended does not read what it is typed. */
    signal(SIGPIPE, SIG_IGN);
    folder_enter(place.folder);
    hostile_place_clear();
    start_service();
    return 0;
}

int hostile_place_leave(void **state)
{
    (void)state;
    shutdown(place.fd, SHUT_RDWR);
    pthread_join(place.thread, NULL);
    pthread_mutex_destroy(&place.lock);
    close(place.fd);
    free(place.create);
    free(place.other);
    folder_remove(place.folder);
    return 0;
}

const char *hostile_place_folder(void)
{
    return place.folder;
}

/* ---- Templates ---- */

static char *taken(struct buf *out)
{
    char *text = buf_take(out);

    if (!text && !(text = strdup("")))
        die("memory");
    return text;
}

static const char *next_text(struct hostile_turn *turn)
{
    return turn->texts[turn->next++ % turn->count];
}

char *hostile_place_fill(const char *template, struct hostile_turn *turn)
{
    struct buf out = BUF_INIT;

    for (; *template; template ++) {
        if (*template != '@') {
            buf_add_char(&out, *template);
            continue;
        }
        switch (*++template) {
        case 'T':
            buf_add_text(&out, next_text(turn));
            break;
        case 'J':
            add_json(&out, next_text(turn));
            break;
        case 'E':
            buf_addf(&out, "http://127.0.0.1:%d", place.port);
            break;
        case 'D':
            buf_add_text(&out, place.folder);
            break;
        default:
            buf_add_char(&out, *template);
        }
    }
    return taken(&out);
}

void hostile_place_write(const char *name, const char *template, struct hostile_turn *turn)
{
    char *content = template ? hostile_place_fill(template, turn) : NULL;
    FILE *file = content ? fopen(name, "w") : NULL;

    if (content && (!file || fputs(content, file) < 0 || fclose(file) != 0))
        die(name);
    if (!content)
        unlink(name);
    free(content);
}

void hostile_place_answer(int status, const char *create, const char *other, struct hostile_turn *turn)
{
    pthread_mutex_lock(&place.lock);
    free(place.create);
    free(place.other);
    place.create_status = status;
    place.create = hostile_place_fill(create, turn);
    place.other = hostile_place_fill(other, turn);
    pthread_mutex_unlock(&place.lock);
}

bool hostile_is_wanted(size_t index, const char *name)
{
    const char *part = getenv("HOSTILE_PART"), *only = getenv("HOSTILE_ONLY");
    size_t first = 0, of = 1;

    if (part && (sscanf(part, "%zu/%zu", &first, &of) != 2 || of == 0))
        die("HOSTILE_PART is I/N");
    return index % of == first % of && (!only || strstr(name, only));
}
