#include "base/fuzzy.h"

#include <limits.h>
#include <string.h>

#include "base/utf8.h"

/* Letters of a text that are looked at for its score: more do not fit on a screen. */
enum { TEXT_MAX = 256 };

/* What a place is worth, in thousandths of a letter that follows the one before. */
enum {
    WORTH_NEXT = 1000,
    WORTH_AFTER_SLASH = 900,
    WORTH_WORD = 800,
    WORTH_CAPITAL = 700,
    WORTH_AFTER_DOT = 600,
    COST_GAP = 10,
    COST_GAP_AT_END = 5,
    NEVER = INT_MIN / 2,
    SCORE_SAME = INT_MAX / 2, /* nothing but the query */
    SCORE_FAR = NEVER / 2,    /* matches behind what is looked at */
};

/* How a cell of the table came to be, for the way back. */
enum { STEP_HERE = 1, STEP_NEXT = 2 };

/* A text as letters. */
struct letters {
    uint32_t folded[TEXT_MAX];
    int worth[TEXT_MAX];
    size_t offsets[TEXT_MAX];
    size_t count;
    bool whole; /* they are all there are */
};

static uint32_t fold(uint32_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
}

static bool is_small(uint32_t letter)
{
    return letter >= 'a' && letter <= 'z';
}

static int worth_of(uint32_t before, uint32_t letter)
{
    switch (before) {
    case '/':
        return WORTH_AFTER_SLASH;
    case '-':
    case '_':
    case ' ':
    case ':':
    case '(':
        return WORTH_WORD;
    case '.':
        return WORTH_AFTER_DOT;
    default:
        return is_small(before) && letter >= 'A' && letter <= 'Z' ? WORTH_CAPITAL : 0;
    }
}

static void read_letters(struct letters *letters, const char *text)
{
    size_t length = strlen(text), at = 0;
    uint32_t before = '/', letter;

    letters->count = 0;
    while (at < length && letters->count < TEXT_MAX) {
        size_t used = (unsigned char)text[at] < 0x80 ? 1 : utf8_decode(text + at, length - at, &letter);

        if (used == 1 && (unsigned char)text[at] < 0x80)
            letter = (unsigned char)text[at];
        letters->folded[letters->count] = fold(letter);
        letters->worth[letters->count] = worth_of(before, letter);
        letters->offsets[letters->count++] = at;
        before = letter;
        at += used;
    }
    letters->whole = at == length;
}

/* ---- Whether it matches at all ---- */

static size_t bytes_of_letter(const char *text)
{
    unsigned char first = (unsigned char)*text;

    return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The first letter in text that is the query's at `wanted`; NULL when there is none. In UTF-8 no letter's
 * bytes stand within those of others, so bytes can be compared. */
static const char *find_letter(const char *text, const char *wanted, size_t length)
{
    char small = *wanted;
    char capital = is_small((unsigned char)small) ? (char)(small - ('a' - 'A')) : small;

    if (length == 1) {
        while (*text != small && *text != capital)
            if (!*text++)
                return NULL;
        return text;
    }
    while ((text = strchr(text, *wanted)) && strncmp(text, wanted, length) != 0)
        text++;
    return text;
}

static bool has_letters(const struct fuzzy_query *query, const char *text)
{
    const char *wanted = query->text;

    for (size_t i = 0; i < query->length; i++) {
        size_t length = bytes_of_letter(wanted);

        text = find_letter(text, wanted, length);
        if (!text)
            return false;
        text += length;
        wanted += length;
    }
    return true;
}

/* ---- How well ---- */

/* A row of the table: for each letter of the text the best score with the query's letter so far at or before
 * it, and with it exactly there. */
struct scores {
    int best[TEXT_MAX];
    int here[TEXT_MAX];
};

/* The best score of query->letters[i] at text letter j, given the row before; *next says whether it follows
 * the letter before at once. */
static int score_here(const struct letters *letters, size_t i, size_t j, int best_before, int here_before,
                      bool *next)
{
    int apart, together;

    *next = false;
    if (i == 0)
        return letters->worth[j] - (int)j * COST_GAP_AT_END;
    if (j == 0)
        return NEVER;
    apart = best_before > NEVER ? best_before + letters->worth[j] : NEVER;
    together = here_before > NEVER ? here_before + WORTH_NEXT : NEVER;
    *next = together >= apart && together > NEVER;
    return *next ? together : apart;
}

static unsigned char step_of(int best, int here, bool next)
{
    return (unsigned char)((here >= best && here > NEVER ? STEP_HERE : 0) | (next ? STEP_NEXT : 0));
}

static void score_row(const struct fuzzy_query *query, const struct letters *letters, size_t i,
                      struct scores *scores, unsigned char *steps)
{
    int gap = i + 1 == query->length ? COST_GAP_AT_END : COST_GAP;
    int best = NEVER, best_before = NEVER, here_before = NEVER;

    for (size_t j = 0; j < letters->count; j++) {
        int old_best = scores->best[j], old_here = scores->here[j];
        int here = NEVER;
        bool next = false;

        if (letters->folded[j] == query->letters[i])
            here = score_here(letters, i, j, best_before, here_before, &next);
        if (best > NEVER)
            best -= gap;
        if (steps)
            steps[j] = step_of(best, here, next);
        best = here > best ? here : best;
        scores->here[j] = here;
        scores->best[j] = best;
        best_before = old_best;
        here_before = old_here;
    }
}

/* steps: a row of TEXT_MAX for each letter of the query, or NULL. NEVER when it does not match. */
static int score_all(const struct fuzzy_query *query, const struct letters *letters,
                     unsigned char (*steps)[TEXT_MAX])
{
    struct scores scores;

    if (letters->count < query->length)
        return NEVER;
    for (size_t j = 0; j < letters->count; j++)
        scores.best[j] = scores.here[j] = NEVER;
    for (size_t i = 0; i < query->length; i++)
        score_row(query, letters, i, &scores, steps ? steps[i] : NULL);
    return scores.best[letters->count - 1];
}

/* ---- The outside ---- */

void fuzzy_query_set(struct fuzzy_query *query, const char *text)
{
    size_t length = strlen(text), used = 0;

    query->length = 0;
    for (size_t at = 0; at < length;) {
        uint32_t letter;
        size_t bytes = utf8_decode(text + at, length - at, &letter);

        if (used + bytes >= sizeof(query->text))
            break;
        if (letter != ' ' && letter != UINT32_MAX) {
            query->letters[query->length++] = fold(letter);
            memcpy(query->text + used, text + at, bytes);
            if (bytes == 1)
                query->text[used] = (char)fold(letter);
            used += bytes;
        }
        at += bytes;
    }
    query->text[used] = '\0';
}

bool fuzzy_match(const struct fuzzy_query *query, const char *text, int *score)
{
    struct letters letters;
    int found;

    if (score)
        *score = 0;
    if (!has_letters(query, text))
        return false;
    if (query->length == 0 || !score)
        return true;
    read_letters(&letters, text);
    found = score_all(query, &letters, NULL);
    if (letters.whole && letters.count == query->length)
        *score = SCORE_SAME;
    else
        *score = found > NEVER ? found : SCORE_FAR;
    return true;
}

/* From the last letter of the query back to the first. */
static void walk_back(const struct fuzzy_query *query, const struct letters *letters,
                      unsigned char (*steps)[TEXT_MAX], size_t *positions, size_t max)
{
    size_t i = query->length;
    bool at_once = false;

    for (size_t j = letters->count; i > 0 && j-- > 0;) {
        if (!at_once && !(steps[i - 1][j] & STEP_HERE))
            continue;
        i--;
        if (i < max)
            positions[i] = letters->offsets[j];
        at_once = steps[i][j] & STEP_NEXT;
    }
}

/* The first place of each letter, for texts that are too long to be scored. */
static void walk_ahead(const struct fuzzy_query *query, const char *text, size_t *positions, size_t max)
{
    const char *wanted = query->text, *at = text;

    for (size_t i = 0; i < query->length && i < max; i++) {
        size_t length = bytes_of_letter(wanted);

        at = find_letter(at, wanted, length);
        positions[i] = (size_t)(at - text);
        at += length;
        wanted += length;
    }
}

size_t fuzzy_positions(const struct fuzzy_query *query, const char *text, size_t *positions, size_t max)
{
    unsigned char steps[FUZZY_QUERY_MAX][TEXT_MAX];
    struct letters letters;

    if (query->length == 0 || !has_letters(query, text))
        return 0;
    read_letters(&letters, text);
    if (score_all(query, &letters, steps) > NEVER)
        walk_back(query, &letters, steps, positions, max);
    else
        walk_ahead(query, text, positions, max);
    return query->length < max ? query->length : max;
}
