#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/fuzzy.h"
#include "chance.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static int score_of(const char *query, const char *text)
{
    struct fuzzy_query ready;
    int score;

    fuzzy_query_set(&ready, query);
    if (!fuzzy_match(&ready, text, &score))
        fail_msg("\"%s\" does not match \"%s\"", query, text);
    return score;
}

/* The text with its matched letters in brackets. */
static void marked_is(const char *query, const char *text, const char *expected)
{
    size_t positions[FUZZY_QUERY_MAX], count, next = 0, length = 0;
    struct fuzzy_query ready;
    char marked[1024];

    fuzzy_query_set(&ready, query);
    count = fuzzy_positions(&ready, text, positions, COUNT_OF(positions));
    for (size_t at = 0; text[at];) {
        size_t bytes = 1;

        while (((unsigned char)text[at + bytes] & 0xC0) == 0x80)
            bytes++;
        length += (size_t)snprintf(marked + length, sizeof(marked) - length,
                                   next < count && positions[next] == at ? "[%.*s]" : "%.*s", (int)bytes,
                                   text + at);
        next += next < count && positions[next] == at;
        at += bytes;
    }
    marked[length] = '\0';
    assert_int_equal(next, count);
    assert_string_equal(marked, expected);
}

static void letters_match_in_their_order(void **state)
{
    static const struct {
        const char *query, *text;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "anything", true},
        {"a", "", false},
        {"op", "orders-prod", true},
        {"po", "orders-prod", true},
        {"dp", "orders-prod", true},
        {"pd", "orders-prod", true},
        {"sx", "orders-prod", false},
        {"prodd", "orders-prod", false},
        {"ORDERS", "orders-prod", true},
        {"orders", "ORDERS-prod", true},
        {"orders prod", "orders-prod", true},
        {"  ", "x", true},
        {"杭州", "华东1（杭州）", true},
        {"州杭", "华东1（杭州）", false},
        {"华州", "华东1（杭州）", true},
        {"上", "华东1（杭州）", false},
        {"é", "cafe", false},
        {"é", "café", true},
        {"É", "café", false}, /* only ASCII is folded */
        {"[", "{", false},    /* the bit that tells letters apart tells nothing about others */
        {"@", "`", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fuzzy_query query;
        int score = -1;

        fuzzy_query_set(&query, cases[i].query);
        if (fuzzy_match(&query, cases[i].text, &score) != cases[i].matches ||
            fuzzy_match(&query, cases[i].text, NULL) != cases[i].matches)
            fail_msg("\"%s\" in \"%s\"", cases[i].query, cases[i].text);
        if (query.length == 0)
            assert_int_equal(score, 0);
    }
}

/* U+4E2D is E4 B8 AD, U+4E0D is E4 B8 8D: bytes of one and the other must not make a third, U+4E8D (E4 BA
 * 8D). */
static void parts_of_characters_do_not_match(void **state)
{
    struct fuzzy_query query;
    int score;

    (void)state;
    fuzzy_query_set(&query, "\xE4\xBA\x8D");
    assert_false(fuzzy_match(&query, "\xE4\xB8\xAD\xE4\xBA\x8C\xE4\xB8\x8D", &score));
    fuzzy_query_set(&query, "\xB8"); /* no character: left out */
    assert_int_equal(query.length, 0);
    fuzzy_query_set(&query, "a");
    assert_true(fuzzy_match(&query,
                            "\xFF\xFE"
                            "a\x80",
                            &score));
}

/* In each row the first is better than the second. */
static void better_matches_score_higher(void **state)
{
    static const struct {
        const char *query, *better, *worse;
    } cases[] = {
        {"orders", "orders", "orders-prod"},
        {"ord", "orders-prod", "records-prod"},
        {"prod", "orders-prod", "p-r-o-d-x"},
        {"op", "orders-prod", "shop"},
        {"prod", "prod-orders", "orders-prod"},
        {"b", "foo-bar", "foobar"},
        {"b", "foo_bar", "foobar"},
        {"b", "fooBar", "foobar"},
        {"b", "a/b", "a.b"},
        {"abc", "xabc", "xaxbxc"},
        {"a", "a", "ab"},
        {"a", "ab", "abcdefgh"},
        {"支付", "支付-prod", "prod-支付"},
        {"支付", "支付-prod", "支x付-prod"},
        {"0001", "rmq-cn-7e22ody0001", "rmq-cn-0e20ody0701"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int better = score_of(cases[i].query, cases[i].better);
        int worse = score_of(cases[i].query, cases[i].worse);

        if (better <= worse)
            fail_msg("%s: %s %d, %s %d", cases[i].query, cases[i].better, better, cases[i].worse, worse);
    }
}

static void the_matched_letters_are_the_best_ones(void **state)
{
    (void)state;
    marked_is("op", "orders-prod", "[o]rders-[p]rod");
    marked_is("prod", "p-r-o-prod", "p-r-o-[p][r][o][d]");
    marked_is("PD", "orders-prod", "orders-[p]ro[d]");
    marked_is("amor", "app/models/order", "[a]pp/[m]odels/[o][r]der");
    marked_is("杭州", "华东1（杭州）杭", "华东1（[杭][州]）杭");
    marked_is("1州", "华东1（杭州）", "华东[1]（杭[州]）");
    marked_is("", "anything", "anything");
    marked_is("x", "anything", "anything");
    marked_is("g", "café-gate", "café-[g]ate");
    marked_is("same", "same", "[s][a][m][e]");
}

static void no_more_positions_come_than_there_is_room_for(void **state)
{
    struct fuzzy_query query;
    size_t positions[3] = {7, 7, 7};

    (void)state;
    fuzzy_query_set(&query, "prod");
    assert_int_equal(fuzzy_positions(&query, "orders-prod", positions, 2), 2);
    assert_int_equal(positions[0], 7);
    assert_int_equal(positions[1], 8);
    assert_int_equal(positions[2], 7);
    assert_int_equal(fuzzy_positions(&query, "orders-prod", NULL, 0), 0);
}

static void long_texts_and_queries_are_taken_too(void **state)
{
    static char text[5000], query[1000];
    size_t positions[FUZZY_QUERY_MAX];
    struct fuzzy_query ready;
    int near, far;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[4000] = 'a';
    text[4500] = 'b';
    far = score_of("ab", text);
    assert_int_equal((fuzzy_query_set(&ready, "ab"), fuzzy_positions(&ready, text, positions, 4)), 2);
    assert_int_equal(positions[0], 4000);
    assert_int_equal(positions[1], 4500);
    text[3] = 'a';
    text[200] = 'b';
    near = score_of("ab", text);
    assert_true(near > far);

    memset(query, 'x', sizeof(query) - 1);
    fuzzy_query_set(&ready, query);
    assert_in_range(ready.length, 200, FUZZY_QUERY_MAX);
    assert_true(fuzzy_match(&ready, text, &near));
    assert_int_equal(fuzzy_positions(&ready, text, positions, FUZZY_QUERY_MAX), ready.length);

    /* a query is never cut within a character */
    for (size_t i = 0; i + 3 < sizeof(query); i += 3)
        memcpy(query + i, "杭", 4);
    fuzzy_query_set(&ready, query);
    assert_int_equal(strlen(ready.text), ready.length * 3);
}

/* ---- Against all ways there are ---- */

static int place_worth(const char *text, size_t at)
{
    char before = at > 0 ? text[at - 1] : '/';

    if (before == '/')
        return 900;
    if (before == '-')
        return 800;
    if (before == '.')
        return 600;
    return before >= 'a' && before <= 'z' && text[at] >= 'A' && text[at] <= 'Z' ? 700 : 0;
}

/* The best score of the query from letter i on, its letter before being at `last` (-1: none). */
static int best_way(const char *query, size_t i, const char *text, int last)
{
    int best = INT32_MIN / 2, length = (int)strlen(text);

    if (!query[i])
        return -5 * (length - 1 - last);
    for (int at = last + 1; at < length; at++) {
        int here, rest;

        if ((text[at] | 32) != (query[i] | 32))
            continue;
        rest = best_way(query, i + 1, text, at);
        here = i == 0 ? place_worth(text, (size_t)at) - 5 * at
                      : place_worth(text, (size_t)at) - 10 * (at - last - 1);
        if (i > 0 && at == last + 1 && here < 1000)
            here = 1000;
        best = here + rest > best ? here + rest : best;
    }
    return best;
}

static int way_worth(const char *text, const size_t *positions, size_t count)
{
    int score = -5 * (int)(strlen(text) - 1 - positions[count - 1]);

    for (size_t i = 0; i < count; i++) {
        int worth = place_worth(text, positions[i]);

        if (i == 0)
            score += worth - 5 * (int)positions[0];
        else if (positions[i] == positions[i - 1] + 1)
            score += worth > 1000 ? worth : 1000;
        else
            score += worth - 10 * (int)(positions[i] - positions[i - 1] - 1);
    }
    return score;
}

static void no_other_way_to_match_is_better(void **state)
{
    static const char alphabet[] = "abAB-/.c";
    struct chance chance = {1};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct fuzzy_query ready;
        size_t positions[8], count;
        char text[13], query[5];
        int score;

        for (size_t i = 0; i < sizeof(text) - 1; i++)
            text[i] = alphabet[pick(&chance, 8)];
        text[1 + pick(&chance, 12)] = '\0';
        text[12] = '\0';
        for (size_t i = 0; i < sizeof(query) - 1; i++)
            query[i] = "abc"[pick(&chance, 3)];
        query[1 + pick(&chance, 4)] = '\0';
        query[4] = '\0';
        fuzzy_query_set(&ready, query);
        count = fuzzy_positions(&ready, text, positions, COUNT_OF(positions));
        if (!fuzzy_match(&ready, text, &score)) {
            assert_int_equal(count, 0);
            assert_true(best_way(query, 0, text, -1) < -100000);
            continue;
        }
        assert_int_equal(count, strlen(query));
        if (strlen(text) == strlen(query))
            continue; /* the same: above all */
        if (score != best_way(query, 0, text, -1) || score != way_worth(text, positions, count))
            fail_msg("%s in %s: %d, best %d, marked %d", query, text, score, best_way(query, 0, text, -1),
                     way_worth(text, positions, count));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_match_in_their_order),
        cmocka_unit_test(parts_of_characters_do_not_match),
        cmocka_unit_test(better_matches_score_higher),
        cmocka_unit_test(the_matched_letters_are_the_best_ones),
        cmocka_unit_test(no_more_positions_come_than_there_is_room_for),
        cmocka_unit_test(long_texts_and_queries_are_taken_too),
        cmocka_unit_test(no_other_way_to_match_is_better),
    };

    return cmocka_run_group_tests_name("fuzzy", tests, NULL, NULL);
}
