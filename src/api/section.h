#ifndef API_SECTION_H
#define API_SECTION_H

#include "api/source.h"

/* ~/.alibabacloud/credentials (another file: ALIBABA_CLOUD_CREDENTIALS_FILE): the section asked for by name,
 * else that of ALIBABA_CLOUD_PROFILE, else [default]. Types access_key, ecs_ram_role and ram_role_arn. */
enum find section_source(struct search *search, struct source *out);

#endif
