#ifndef SUPPORT_WIRE_SERVER_H
#define SUPPORT_WIRE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A server on loopback that does what its script says, well or badly, and
 * keeps every request byte for byte.
 *
 * Each connection takes the next step of the script; when the script is over,
 * connections are closed unread and counted as unexpected. Connections are
 * served side by side, in threads of their own.
 */
enum wire_act {
    WIRE_ANSWER,       /* reads the request, sends bytes, closes */
    WIRE_HOLD,         /* the same, but waits for the other end to close */
    WIRE_RESET,        /* the same, but ends with a TCP reset */
    WIRE_CLOSE_UNREAD, /* closes at once */
    WIRE_RESET_UNREAD, /* resets at the first bytes that come, unread */
    WIRE_SILENT,       /* reads nothing and says nothing until the other end closes */
    WIRE_DRIP,         /* as WIRE_ANSWER, one byte every 20 milliseconds */
    WIRE_TUNNEL,       /* grants a CONNECT, then goes on as WIRE_ANSWER, with TLS */
    WIRE_LEAVE,        /* as WIRE_ANSWER, but keeps the connection, reads one more request, and closes */
    WIRE_FLOOD,        /* as WIRE_ANSWER, then `flood` over and over until the other end closes */
};

struct wire_step {
    enum wire_act act;
    const char *bytes; /* what is sent; NULL: nothing */
    size_t length;     /* 0: as a C string */
    const char *flood;
};

/* With TLS: PEM files, and the newest version spoken (TLS1_2_VERSION, ...; 0: any). */
struct wire_tls {
    const char *certificate_file;
    const char *key_file;
    int newest_version;
};

struct wire_server;

/* Listens on 127.0.0.1. The script stays the caller's. tls NULL: plain text. NULL when anything fails. */
struct wire_server *wire_server_start(const struct wire_step *script, size_t count,
                                      const struct wire_tls *tls);

/* Ends all connections and frees. */
void wire_server_stop(struct wire_server *server);

int wire_server_port(const struct wire_server *server);

/* Readable while there was something (a connection, a request) since the last wire_server_acknowledge(). */
int wire_server_event_fd(const struct wire_server *server);
void wire_server_acknowledge(struct wire_server *server);

size_t wire_server_connections(struct wire_server *server);
size_t wire_server_unexpected(struct wire_server *server);

/* Whole requests so far, and how many of them begin with a text ("POST "). */
size_t wire_server_requests(struct wire_server *server);
size_t wire_server_count(struct wire_server *server, const char *beginning);

/* Bytes that came so far, without TLS around them: of a handshake that fails none. */
size_t wire_server_bytes(struct wire_server *server);

/* The bytes of request n as a C string to be freed; NULL when there is none. length may be NULL. */
char *wire_server_request(struct wire_server *server, size_t n, size_t *length);

/* "HTTP/1.1 STATUS X" with headers and body as an answer to be freed; headers "" or lines that end in CRLF.
 */
char *wire_answer(int status, const char *headers, const char *body);

/* Takes every variable away that names a proxy, or hosts without one. */
void forget_proxies(void);

#endif
