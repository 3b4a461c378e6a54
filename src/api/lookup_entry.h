#ifndef API_LOOKUP_ENTRY_H
#define API_LOOKUP_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "api/lookup.h"
#include "api/lookup_list.h"
#include "api/request.h"

/* One question and what is known about it; kept for the next who asks. */
struct lookup_entry {
    struct lookups *owner;
    struct lookup_entry *next;
    struct lookup *watchers;
    char *key;
    enum lookup_kind kind;
    char *region, *parent, *filter; /* "" where there is none */
    struct client client;
    struct error unusable; /* why the client cannot ask; ERROR_NONE: it can */

    struct request request;
    struct transfer *transfer;
    int page;
    char *token; /* of the page that is asked for; NULL: the first */
    int64_t fetched;
    bool replacing; /* the rows are of an earlier time: the first page takes their place */
    int throttles;
    int64_t wait_until; /* ticks; -1: does not wait */

    struct lookup_answer answer;
    struct lookup_list list;
    struct lookup_instance instance;
    char why[400];
    char denied_action[128];
    int telling; /* being told to the watchers: not to be freed */
};

struct lookups {
    struct transport *transport;
    struct host *host;
    struct lookup_entry *entries;
};

/* Asks from the first page on; the rows stay until the first new ones come. */
void lookup_entry_start(struct lookup_entry *entry);

/* Asks for the page that is next. */
void lookup_entry_ask_page(struct lookup_entry *entry);

void lookup_entry_stop(struct lookup_entry *entry);

/* In lookup.c: lets the watchers know. The entry may be gone then. */
void lookup_entry_tell(struct lookup_entry *entry);

#endif
