#include "cli/end.h"

enum end end_of_error(enum error_kind kind)
{
    switch (kind) {
    case ERROR_NONE:
        return END_DONE;
    case ERROR_USAGE:
        return END_USAGE;
    case ERROR_INPUT:
        return END_INVALID;
    case ERROR_CREDENTIALS:
        return END_CREDENTIALS;
    case ERROR_NETWORK:
        return END_NOT_SENT;
    case ERROR_CANCELLED:
        return END_INTERRUPTED;
    case ERROR_FILE:
    case ERROR_MEMORY:
    case ERROR_INTERNAL:
        break;
    }
    return END_FAILED;
}

enum end end_of_outcome(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_CREATED:
        return END_DONE;
    case OUTCOME_EXISTS:
    case OUTCOME_REFUSED:
        return END_REFUSED;
    case OUTCOME_THROTTLED:
        return END_THROTTLED;
    case OUTCOME_NOT_SENT:
        return END_NOT_SENT;
    case OUTCOME_UNKNOWN:
        return END_UNKNOWN;
    case OUTCOME_INVALID:
        return END_INVALID;
    case OUTCOME_CANCELLED:
        return END_INTERRUPTED;
    case OUTCOME_NONE:
    case OUTCOME_COUNT:
        break;
    }
    return END_FAILED;
}

enum end end_worse(enum end a, enum end b)
{
    if (a == END_UNKNOWN || b == END_UNKNOWN)
        return END_UNKNOWN;
    return a > b ? a : b;
}
