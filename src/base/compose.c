#include "base/compose.h"

#include <inttypes.h>

#include "base/json.h"

void compose_name(struct buf *out, const char *name)
{
    char last = out->length > 0 ? out->data[out->length - 1] : '{';

    if (last != '{' && last != '[')
        buf_add_char(out, ',');
    if (name)
        json_add_name(out, name);
}

void compose_text(struct buf *out, const char *name, const char *value)
{
    compose_name(out, name);
    json_add_string(out, value);
}

void compose_number(struct buf *out, const char *name, int64_t value)
{
    compose_name(out, name);
    buf_addf(out, "%" PRId64, value);
}

void compose_bool(struct buf *out, const char *name, bool value)
{
    compose_name(out, name);
    buf_add_text(out, value ? "true" : "false");
}

void compose_open(struct buf *out, const char *name, char bracket)
{
    compose_name(out, name);
    buf_add_char(out, bracket);
}

void compose_close(struct buf *out, char bracket)
{
    buf_add_char(out, bracket);
}
