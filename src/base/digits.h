#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

/* Numbers where printf() takes longer than all the rest: what is drawn with each key, or made for each of a
 * thousand problems. */
enum { DIGITS_SIZE = 12 };

/* Writes the number in decimal to the end of room, and returns where it begins. */
static inline const char *digits_write(unsigned number, char room[DIGITS_SIZE])
{
    char *at = room + DIGITS_SIZE - 1;

    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return at;
}

#endif
