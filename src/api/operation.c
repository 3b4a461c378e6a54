#include "api/operation.h"

const struct operation operations[OPERATION_COUNT] = {
#define OPERATION(id, ...) [OPERATION_##id] = {__VA_ARGS__},
#include "api/operations.def"
#undef OPERATION
};
