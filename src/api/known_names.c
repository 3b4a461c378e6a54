#include "api/known_names.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/answer.h"
#include "base/json.h"

#define PAGE_SIZE "100"
enum { PAGE_ROWS = 100, TABLE_LEAST = 256 };

struct known_names {
    struct client client;
    struct transport *transport;
    struct request request;
    struct transfer *transfer;
    uint64_t *table; /* hashes; 0 is a free place */
    size_t room, count;
    int page;
    int64_t listed;    /* rows so far */
    int64_t total;     /* rows there are; -1: not said yet */
    size_t pages_most; /* more are not worth it */
    bool whole;        /* all pages were read */
    int64_t asked_at;  /* ticks; when the list that counts was begun */
    bool asked;
};

static int64_t ticks(const struct known_names *known)
{
    return known->client.host->ticks(known->client.host);
}

/* FNV-1a, never 0. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash ? hash : 1;
}

static size_t place_of(const uint64_t *table, size_t room, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);

    while (table[at] != 0 && table[at] != hash)
        at = (at + 1) & (room - 1);
    return at;
}

static bool grow(struct known_names *known, struct error *err)
{
    size_t room = known->room > 0 ? 2 * known->room : TABLE_LEAST;
    uint64_t *table = calloc(room, sizeof(*table));

    if (!table)
        return error_memory(err);
    for (size_t i = 0; i < known->room; i++)
        if (known->table[i] != 0)
            table[place_of(table, room, known->table[i])] = known->table[i];
    free(known->table);
    known->table = table;
    known->room = room;
    return true;
}

bool known_names_add(struct known_names *known, const char *name, struct error *err)
{
    uint64_t hash = hash_of(name);
    size_t at;

    if (2 * (known->count + 1) > known->room && !grow(known, err))
        return false;
    at = place_of(known->table, known->room, hash);
    known->count += known->table[at] == 0 ? 1 : 0;
    known->table[at] = hash;
    return true;
}

static bool counts(const struct known_names *known)
{
    return known->whole && ticks(known) - known->asked_at < KNOWN_NAMES_MS;
}

bool known_names_is_new(const struct known_names *known, const char *name)
{
    uint64_t hash = hash_of(name);

    return counts(known) &&
           (known->room == 0 || known->table[place_of(known->table, known->room, hash)] == 0);
}

bool known_names_running(const struct known_names *known)
{
    return known->transfer != NULL;
}

bool known_names_fit(const struct known_names *known, const struct client *client)
{
    const struct client *own = &known->client;

    return own->credentials == client->credentials &&
           strcmp(own->endpoint.scheme, client->endpoint.scheme) == 0 &&
           strcmp(own->endpoint.host, client->endpoint.host) == 0 && !own->region == !client->region &&
           (!own->region || strcmp(own->region, client->region) == 0);
}

/* ---- Listing ---- */

static void page_done(void *context, const struct transfer_result *result);

static void ask_page(struct known_names *known)
{
    char number[16];
    const struct parameter parameters[] = {{"pageNumber", number}, {"pageSize", PAGE_SIZE}};
    struct error ignored;

    snprintf(number, sizeof(number), "%d", known->page);
    if (client_prepare(&known->client, OPERATION_LIST_PLANS, parameters, 2, NULL, 0, &known->request, NULL,
                       &ignored))
        known->transfer = transport_start(known->transport, &known->request, page_done, known, &ignored);
    if (!known->transfer)
        request_release(&known->request);
}

static bool take_rows(struct known_names *known, const cJSON *list, int64_t *rows)
{
    const cJSON *plan;
    struct error ignored;

    cJSON_ArrayForEach(plan, list)
    {
        const char *name = json_text(json_member(plan, "planName"));

        ++*rows;
        /* A plan without a name cannot be the one of a draft, which has one. */
        if (name && !known_names_add(known, name, &ignored))
            return false;
    }
    return true;
}

static void take_page(struct known_names *known, const cJSON *data)
{
    const cJSON *list = json_member(data, "list");
    int64_t total = -1, rows = 0;

    if (!cJSON_IsArray(list) || !json_int64(json_member(data, "totalCount"), &total) || total < 0 ||
        (uint64_t)total > (uint64_t)known->pages_most * PAGE_ROWS || !take_rows(known, list, &rows))
        return;
    /* Where plans go between two pages, those behind them move up, and one could slip through. */
    if (known->total >= 0 && total != known->total)
        return;
    known->total = total;
    known->listed += rows;
    if (known->listed >= total) {
        known->whole = true;
    } else if (rows > 0) {
        known->page++;
        ask_page(known);
    }
}

static void page_done(void *context, const struct transfer_result *result)
{
    struct known_names *known = context;
    struct answer answer = {0};
    struct error ignored;

    known->transfer = NULL;
    request_release(&known->request);
    if (result->end == TRANSFER_ANSWERED && answer_read(&result->response, &answer, &ignored) &&
        answer.kind == ANSWER_SUCCESS)
        take_page(known, answer.data);
    answer_release(&answer);
}

bool known_names_refresh(struct known_names *known, size_t wanted)
{
    if (known->transfer || (known->asked && ticks(known) - known->asked_at < KNOWN_NAMES_MS))
        return false;
    known->asked = true;
    known->asked_at = ticks(known);
    known->whole = false;
    known->listed = 0;
    known->total = -1;
    known->page = 1;
    known->pages_most = wanted / 2;
    if (known->pages_most > 0)
        ask_page(known);
    return true;
}

struct known_names *known_names_new(const struct client *client, struct transport *transport,
                                    struct error *err)
{
    struct known_names *known = calloc(1, sizeof(*known));

    if (!known) {
        error_memory(err);
        return NULL;
    }
    known->client = *client;
    known->transport = transport;
    request_init(&known->request);
    return known;
}

void known_names_free(struct known_names *known)
{
    if (!known)
        return;
    if (known->transfer)
        transport_cancel(known->transport, known->transfer);
    free(known->table);
    free(known);
}
