#!/bin/sh
# The parts of drplan that are loaded when they are used first: that nothing loads them before, and what is said when one
# is not as it should be.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

built=$(cd "${DRPLAN%/*}" && pwd)
ALIBABA_CLOUD_ACCESS_KEY_ID=made-up
ALIBABA_CLOUD_ACCESS_KEY_SECRET=made-up
export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET

# loading ARGUMENT...: runs drplan; the file libraries then holds the names of what it loaded.
loading() {
    LD_DEBUG=files LD_DEBUG_OUTPUT=$PWD/loader "$DRPLAN" "$@" >out 2>err || true
    sed -n 's/.*file=\([^ ]*\) .*\(needed\|dynamically loaded\) by.*/\1/p' loader.* | sort -u >libraries
    rm -f loader.*
    says libraries libtinfo # so the loader is asked as it should be
}

loads_neither() {
    keeps_quiet_about libraries libcurl
    keeps_quiet_about libraries libcrypto
    keeps_quiet_about libraries libmicrohttpd
    keeps_quiet_about libraries libgnutls
}

what_needs_no_network_loads_nothing_of_it() {
    valid orders >draft.json
    for command in 'validate draft.json' 'render draft.json' 'render draft.json --as http --region cn-hangzhou' \
        'submit --dry-run draft.json' schema help 'help submit' --version 'completion bash' look; do
        # shellcheck disable=SC2086 # words
        loading $command
        loads_neither
    done
}

a_transfer_loads_libcurl_and_not_the_sandbox() {
    valid orders >draft.json
    loading submit --yes --endpoint http://127.0.0.1:1 draft.json
    says libraries libcurl
    keeps_quiet_about libraries libmicrohttpd
}

# A copy of the program alone, which has none of its parts.
apart() {
    mkdir apart
    cp "$DRPLAN" apart/drplan
    DRPLAN=$PWD/apart/drplan
    valid orders >draft.json
}

a_part_that_is_not_there_is_named_and_nothing_is_sent() {
    apart
    run 5 submit --yes --json --endpoint http://127.0.0.1:1 draft.json
    holds '.outcome == "not_sent" and (.message | contains("drplan-transport.so, a part of drplan, is not there"))'
    says out "neither in $PWD/apart nor in $PWD/apart/"
    run 1 whoami --endpoint http://127.0.0.1:1
    says err 'drplan-transport.so, a part of drplan, is not there'
    says err 'Install drplan again'
    run 0 validate draft.json
}

a_sandbox_without_its_part_is_not_begun() {
    apart
    cp "$built/drplan-transport.so" apart/
    run 1 sandbox
    says err 'drplan-server.so, a part of drplan, is not there'
    is_empty out
    run 1 submit --sandbox draft.json
    says err 'drplan-server.so, a part of drplan, is not there'
}

a_part_that_is_damaged_is_named() {
    apart
    echo 'no part' >apart/drplan-transport.so
    run 5 submit --yes --json --endpoint http://127.0.0.1:1 draft.json
    holds '.outcome == "not_sent" and (.message | contains("drplan-transport.so: "))'
    says out 'a part of drplan cannot be loaded'
}

# As when a package was upgraded while the wizard was open.
a_part_of_another_version_is_not_used() {
    apart
    other=$(echo "$VERSION" | tr 0-8 1-9)
    sed "s/$VERSION/$other/g" "$built/drplan-transport.so" >apart/drplan-transport.so
    run 5 submit --yes --json --endpoint http://127.0.0.1:1 draft.json
    says out "belongs to drplan $other, and this is $VERSION: start drplan again"
}

where_it_is_installed_the_parts_lie_with_the_libraries() {
    apart
    folder=$(cd apart && strings drplan | grep -m 1 '^\.\./.*/drplan/$')
    mkdir -p "apart/$folder"
    cp "$built/drplan-transport.so" "$built/drplan-server.so" "apart/$folder"
    run 0 submit --sandbox --yes --json draft.json
    holds '.outcome == "created"'
}

# Somebody's own way through the network, by a library before all others: it holds for what is loaded later too.
what_was_preloaded_is_asked_by_the_parts() {
    cat >way.c <<'END'
#include <errno.h>
#include <sys/socket.h>

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    (void)fd, (void)address, (void)size;
    errno = ENETUNREACH;
    return -1;
}
END
    cc -shared -fPIC -o way.so way.c
    valid orders >draft.json
    start_sandbox
    ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$PWD/way.so run 5 submit --yes --endpoint "$endpoint" draft.json
    says out 'There is no way to 127.0.0.1'
    run 0 submit --yes --endpoint "$endpoint" draft.json
    stop_sandbox
}

check what_needs_no_network_loads_nothing_of_it a_transfer_loads_libcurl_and_not_the_sandbox \
    a_part_that_is_not_there_is_named_and_nothing_is_sent a_sandbox_without_its_part_is_not_begun \
    a_part_that_is_damaged_is_named a_part_of_another_version_is_not_used \
    where_it_is_installed_the_parts_lie_with_the_libraries what_was_preloaded_is_asked_by_the_parts
all_done
