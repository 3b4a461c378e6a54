#ifndef CLI_END_H
#define CLI_END_H

#include "api/submission.h"
#include "base/error.h"

/* How the program ends. Other programs rely on these numbers: README.md, "Exit status". */
enum end {
    END_DONE = 0,
    END_FAILED = 1,      /* something on this side: a file, memory, a bug */
    END_USAGE = 2,       /* the command line is wrong */
    END_INVALID = 3,     /* a draft has errors; nothing was sent */
    END_CREDENTIALS = 4, /* no usable credentials, or no region */
    END_NOT_SENT = 5,    /* the service never got it */
    END_REFUSED = 6,     /* the service, or what is there already, says no */
    END_THROTTLED = 7,   /* until the patience ran out */
    END_UNKNOWN = 8,     /* whether a plan was created is not known */
    END_SIGNAL = 128,    /* plus the signal's number */
    END_INTERRUPTED = 130,
};

/* What an error comes to, and an outcome. */
enum end end_of_error(enum error_kind kind);
enum end end_of_outcome(enum outcome outcome);

/* The end that says more of two drafts: the greater number, but nothing hides an unknown outcome. */
enum end end_worse(enum end a, enum end b);

#endif
