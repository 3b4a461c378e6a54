#ifndef BASE_TIME_TEXT_H
#define BASE_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Times as text, to the second. Readers step over what they take, and take only
 * what the calendar and the clock have; a leap second (60) is one of those.
 */

/* "2023-10-26T10:22:32Z" (20 characters and a 0) for seconds since 1970; before year 0 and behind year 9999,
 * the nearest time that four digits can say. */
void time_text_write(int64_t seconds, char text[21]);

/* "2023-10-26T10:22:32": seconds since 1970, as if it were UTC. */
bool time_text_take(const char **at, int64_t *seconds);

/* "Z", "+08:00" or "-03:30": the seconds to take off. */
bool time_text_take_zone(const char **at, int64_t *offset);

/* "Tue, 15 Nov 1994 08:12:31 GMT" and nothing behind it: the one form that HTTP lets be sent (RFC
 * 9110, 5.6.7). */
bool time_text_read_http(const char *text, int64_t *seconds);

#endif
