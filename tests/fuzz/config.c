#include "source_holds.h"

#include "api/profile.h"

/* ~/.aliyun/config.json: byte 0 chooses the profile that is asked for, the rest is the file. */

static const char *const before[] = {"secret\":\"", "secret\": \"",     "token\":\"",
                                     "token\": \"", "private_key\":\"", NULL};

static void names_hold(struct host *host)
{
    struct buf names = BUF_INIT;
    struct error err = {0};

    if (profile_names(host, &names, &err)) {
        HOLDS(names.length == 0 || names.data[names.length - 1] == '\0', "names without an end");
        for (size_t at = 0; at < names.length; at += strlen(names.data + at) + 1)
            HOLDS(utf8_valid(names.data + at, strlen(names.data + at)), "a name");
    }
    buf_release(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const asked[] = {NULL, NULL, "a", "b", "default", ""};
    struct feed feed = {data, size};
    unsigned choice = feed_byte(&feed) % 6;
    struct host host = scratch_host();
    struct profile profile;
    struct source source;
    struct error err = {0}, search_err = {0};
    struct search search = {.host = &host, .asked = asked[choice], .err = &search_err};
    char *text = exact_copy(feed.bytes, feed.left);
    struct buf whole = BUF_INIT;
    enum find found;
    bool hides;

    buf_add(&whole, text, feed.left);
    hides = scratch_hides(buf_text(&whole), before);
    scratch_write(text, feed.left);
    names_hold(&host);
    if (profile_find(&host, asked[choice], &profile, &err))
        HOLDS(!profile.region || utf8_valid(profile.region, strlen(profile.region)), "region");
    else
        HOLDS(err.text[0] && (!hides || !strstr(err.text, HIDDEN)), "a secret is repeated: %s", err.text);
    profile_release(&profile);
    found = source_find(&search, PROVIDER_CONFIG, &source);
    said_holds(&search, found, hides);
    if (found == FIND_DONE)
        source_holds(&source);
    source_release(&source);
    buf_release(&whole);
    free(text);
    return 0;
}
