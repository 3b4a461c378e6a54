
#include "base/json.h"
#include "cli/command.h"
#include "cli/output.h"
#include "model/schema_json.h"

/* The same on one line, for those who asked for lines. */
static bool print_on_one_line(const struct buf *schema, struct error *err)
{
    cJSON *tree = json_parse(buf_text(schema), schema->length, err);
    struct buf line = BUF_INIT;

    if (!tree)
        return false;
    json_add_tree(&line, tree);
    print_json(&line);
    buf_release(&line);
    cJSON_Delete(tree);
    return true;
}

enum end command_schema(const struct options *options)
{
    struct buf schema = BUF_INIT;
    struct error err;
    bool ok = true;

    schema_json_write(&schema);
    if (schema.failed)
        ok = error_memory(&err);
    else if (options->json)
        ok = print_on_one_line(&schema, &err);
    else
        print_exact(buf_text(&schema), schema.length);
    buf_release(&schema);
    return ok ? END_DONE : end_with(&err);
}
