#include "cli/reference_words.h"

static void describe(const struct secret_lookup *lookup, struct place place, const char *reference,
                     struct buf *out)
{
    struct error err;
    char cluster[48];

    if (secret_lookup_check(lookup, reference, &err))
        return;
    if (place.instance >= 0)
        instance_label(place.instance, cluster, sizeof(cluster));
    buf_addf(out, "%s%s%s%s: %s.", out->length > 0 ? " " : "", place.instance >= 0 ? cluster : "",
             place.instance >= 0 ? ", " : "", schema[place.field].label, err.text);
}

void describe_bad_references(const struct secret_lookup *lookup, const struct plan *plan,
                             const struct review *review, struct buf *out)
{
    for (int instance = PLACE_PLAN; instance < (int)plan_instances(plan); instance++) {
        for (int id = 0; id < FIELD_COUNT; id++) {
            struct place place = place_of_instance(instance, (enum field_id)id);
            const struct field_review *field;

            if (schema[id].kind != KIND_SECRET)
                continue;
            field = review_field(review, place);
            if (field->shown && field->form == ANSWER_REFERENCE)
                describe(lookup, place, field->value, out);
        }
    }
}
