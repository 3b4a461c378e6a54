#include "source_holds.h"

#include "api/source.h"
#include "base/time_text.h"

/* ~/.alibabacloud/credentials: byte 0 chooses the section that is asked for, the rest is the file, an ini
 * file. A time as services write it is read from it too. */

static const char *const before[] = {"\naccess_key_secret=", "\naccess_key_secret = ", NULL};

static void time_holds(const char *text)
{
    int64_t seconds;
    char again[21];
    int64_t back;

    if (!credentials_time(text, &seconds) || seconds < 0)
        return;
    time_text_write(seconds, again);
    if (strlen(again) == 20)
        HOLDS(credentials_time(again, &back) && back == seconds, "%s is %s", text, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const asked[] = {NULL, NULL, "a", "b", "default", ""};
    struct feed feed = {data, size};
    unsigned choice = feed_byte(&feed) % 6;
    struct host host = scratch_host();
    struct source source;
    struct error err = {0};
    struct search search = {.host = &host, .asked = asked[choice], .err = &err};
    struct buf whole = BUF_INIT;
    enum find found;

    if (feed.left > 0)
        buf_add(&whole, feed.bytes, feed.left);
    scratch_write(buf_text(&whole), whole.length);
    found = source_find(&search, PROVIDER_INI, &source);
    said_holds(&search, found, scratch_hides(buf_text(&whole), before));
    if (found == FIND_DONE)
        source_holds(&source);
    source_release(&source);
    time_holds(buf_text(&whole));
    buf_release(&whole);
    return 0;
}
