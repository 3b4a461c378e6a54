#include "api/answer.h"

#include <string.h>

enum match { EXACT, PREFIX, PART };

static const struct advice {
    enum match match;
    const char *code, *sentence;
} rows[] = {
#define ADVICE(match, code, sentence) {match, code, sentence},
#include "api/advice.def"
#undef ADVICE
};

static bool matches(const struct advice *row, const char *code)
{
    switch (row->match) {
    case EXACT:
        return strcmp(code, row->code) == 0;
    case PREFIX:
        return strncmp(code, row->code, strlen(row->code)) == 0;
    case PART:
        return strstr(code, row->code) != NULL;
    }
    return false;
}

const char *advice_for_code(const char *code)
{
    for (size_t i = 0; code && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (matches(&rows[i], code))
            return rows[i].sentence;
    }
    return NULL;
}
