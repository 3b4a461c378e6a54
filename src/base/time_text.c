#include "base/time_text.h"

#include <string.h>
#include <time.h>

static char *put_digits(char *at, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

void time_text_write(int64_t seconds, char text[21])
{
    static const int64_t first = -62167219200, last = 253402300799;
    time_t time = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    struct tm tm = {0};
    char *at = text;

    (void)gmtime_r(&time, &tm);
    at = put_digits(at, tm.tm_year + 1900, 4);
    *at++ = '-';
    at = put_digits(at, tm.tm_mon + 1, 2);
    *at++ = '-';
    at = put_digits(at, tm.tm_mday, 2);
    *at++ = 'T';
    at = put_digits(at, tm.tm_hour, 2);
    *at++ = ':';
    at = put_digits(at, tm.tm_min, 2);
    *at++ = ':';
    at = put_digits(at, tm.tm_sec, 2);
    *at++ = 'Z';
    *at = '\0';
}

/* Digits where the form has 0, each run of them a value of its own, and else the form's own characters. The
 * values have room for one more than there are runs. */
static bool take_form(const char **at, const char *form, int *values)
{
    *values = 0;
    for (; *form; form++, (*at)++) {
        if (*form != '0') {
            if (**at != *form)
                return false;
            continue;
        }
        if (**at < '0' || **at > '9')
            return false;
        *values = *values * 10 + (**at - '0');
        if (form[1] != '0')
            *++values = 0;
    }
    return true;
}

/* timegm() makes the 1st of March of a 29th of February that a year does not have. */
static bool time_of(struct tm parts, int64_t *seconds)
{
    struct tm back = parts;

    back.tm_sec = 0;
    *seconds = (int64_t)timegm(&back) + parts.tm_sec;
    return back.tm_mon == parts.tm_mon && back.tm_mday == parts.tm_mday && back.tm_hour == parts.tm_hour &&
           back.tm_min == parts.tm_min && parts.tm_sec <= 60;
}

bool time_text_take(const char **at, int64_t *seconds)
{
    int values[7];

    return take_form(at, "0000-00-00T00:00:00", values) && time_of((struct tm){.tm_year = values[0] - 1900,
                                                                               .tm_mon = values[1] - 1,
                                                                               .tm_mday = values[2],
                                                                               .tm_hour = values[3],
                                                                               .tm_min = values[4],
                                                                               .tm_sec = values[5]},
                                                                   seconds);
}

bool time_text_take_zone(const char **at, int64_t *offset)
{
    int sign = **at == '-' ? -1 : 1;
    int values[3];

    *offset = 0;
    if (**at == 'Z') {
        ++*at;
        return true;
    }
    if (!take_form(at, sign < 0 ? "-00:00" : "+00:00", values) || values[0] > 23 || values[1] > 59)
        return false;
    *offset = (int64_t)sign * (values[0] * 3600 + values[1] * 60);
    return true;
}

/* strptime() would want the words of the locale. */
static bool take_month(const char **at, int *month)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (*month = 0; *month < 12; ++*month) {
        if (strncmp(*at, months + (size_t)3 * (size_t)*month, 3) == 0) {
            *at += 3;
            return true;
        }
    }
    return false;
}

bool time_text_read_http(const char *text, int64_t *seconds)
{
    int day[2], month, values[5];

    if (strnlen(text, 3) < 3)
        return false;
    text += 3;
    return take_form(&text, ", 00 ", day) && take_month(&text, &month) &&
           take_form(&text, " 0000 00:00:00 GMT", values) && *text == '\0' &&
           time_of((struct tm){.tm_year = values[0] - 1900,
                               .tm_mon = month,
                               .tm_mday = day[0],
                               .tm_hour = values[1],
                               .tm_min = values[2],
                               .tm_sec = values[3]},
                   seconds);
}
