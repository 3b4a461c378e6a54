#!/bin/sh
# What commands print, held against files that a person approved: tests/golden/commands. DRPLAN_UPDATE_GOLDEN=1
# rewrites them. What differs from run to run (ports, dates, nonces, ids of requests) is written as a word.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

golden=$(cd "${0%/*}/../golden/commands" && pwd)

same_words() {
    sed -E \
        -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/g' \
        -e 's/[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}/REQUEST-ID/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/DATE/g' \
        -e 's/(x-acs-signature-nonce: ?)[0-9a-f]{32}/\1NONCE/' \
        -e 's/Signature=[0-9a-f]{64}/Signature=SIGNATURE/' \
        -e '/^ACS3-HMAC-SHA256$/{n;s/[0-9a-f]{64}/HASH/;}' \
        -e "s/drplan\/$VERSION/drplan\/VERSION/" \
        -e 's/\(linux; [a-z0-9_]+\)/(SYSTEM)/'
}

# golden NAME ARGUMENT...: what drplan prints with the arguments is that of the file.
golden() {
    file=$golden/$1.txt
    shift
    status=0
    "$DRPLAN" "$@" >out 2>err </dev/null || status=$?
    {
        echo "\$ drplan $*"
        same_words <out
        sed 's/^/! /' err | same_words
        echo "= $status"
    } >got
    if [ "${DRPLAN_UPDATE_GOLDEN:-}" = 1 ]; then
        cp got "$file"
    else
        diff -u "$file" got
    fi
}

drafts() {
    cp "$EXAMPLES/one-way-apsaramq-5x.json" good.json
    jq '.instances[0].password = {"$env": "MQ_PASSWORD"}' "$EXAMPLES/one-way-external-vpc-acl.json" >external.json
    jq 'del(.planName, .instances[0].vpcId, .instances[0].password) | .instances[0].extra = 1
        | .instances[1].instanceRole = "Passive"' external.json >bad.json
    printf '{\n  "planName": "a"\n  "planType": 1\n}\n' >broken.json
    MQ_PASSWORD=hunter2
    export MQ_PASSWORD
}

with_keys() {
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tExampleKey0001
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=example-key-secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
}

help_is_as_approved() {
    golden help --help
    for command in validate render submit look schema sandbox whoami completion help; do
        golden "help-$command" help "$command"
    done
}

usage_errors_are_as_approved() {
    golden usage-option submit --dry x.json
    golden usage-command valdate
    golden usage-operand validate
    golden usage-value submit --jobs 0 x.json
}

schema_is_as_approved() {
    golden schema schema
}

validate_is_as_approved() {
    drafts
    golden validate validate good.json external.json bad.json broken.json missing.json
    golden validate-json validate --json good.json external.json bad.json broken.json missing.json
}

render_is_as_approved() {
    drafts
    with_keys
    golden render-body render external.json
    golden render-http render external.json --as http --explain
    golden render-http-hidden render external.json --as http
    golden render-http-shown render external.json --as http --show-secrets
    golden render-curl render external.json --as curl
    golden render-curl-shown render good.json --as curl --show-secrets
    golden render-aliyun render external.json --as aliyun --profile prod
    golden render-errors render bad.json
    golden render-json render good.json --json
}

submit_is_as_approved() {
    drafts
    golden submit submit --sandbox good.json external.json good.json bad.json missing.json
    golden submit-json submit --sandbox --json good.json external.json good.json bad.json missing.json
    golden submit-refused submit --sandbox good.json --fault CreateDisasterRecoveryPlan=denied
    golden submit-found submit --sandbox good.json --fault CreateDisasterRecoveryPlan=drop-after
    golden submit-throttled submit --sandbox --json good.json --fault CreateDisasterRecoveryPlan=throttle*1
    golden submit-no-credentials submit good.json
    with_keys
    golden submit-dry-run submit --dry-run good.json bad.json
    golden submit-not-sent submit good.json --endpoint http://127.0.0.1:1
}

check help_is_as_approved usage_errors_are_as_approved schema_is_as_approved validate_is_as_approved render_is_as_approved \
    submit_is_as_approved
all_done
