#!/bin/sh
# drplan render: the body, the signed request, and commands that send it.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

# Every sign that a shell, a JSON reader or a terminal could take for its own.
nasty='it'\''s "quoted" $HOME `id` $(id) \n \\ %s %d !! ; & | > < * ? [a] {b} ~ # é 訂單 😀'
canary='hunter2-canary'

with_password() {
    jq --arg password "$1" '.instances[0].password = $password' "$EXAMPLES/one-way-external-vpc-acl.json"
}

with_keys() {
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tExampleKey0001
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=example-key-secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
}

the_body_is_what_the_draft_says() {
    valid "$nasty" >draft.json
    run 0 render draft.json
    is_empty err
    jq -S . draft.json >wanted
    jq -S . out | cmp - wanted
    run 0 render draft.json --as body
    jq -S . out | cmp - wanted
}

secrets_are_masked_unless_asked_for() {
    with_password "$canary" >draft.json
    run 0 render draft.json
    keeps_quiet_about out "$canary"
    [ "$(jq -r '.instances[0].password' out)" = '********' ]
    run 0 render --show-secrets draft.json
    [ "$(jq -r '.instances[0].password' out)" = "$canary" ]
}

references_are_resolved_only_when_shown() {
    with_password x | jq '.instances[0].password = {"$file": "secret"}' >draft.json
    run 0 render draft.json
    [ "$(jq -r '.instances[0].password' out)" = '********' ]
    run 3 render --show-secrets draft.json
    says err 'instances[0].password'
    printf '%s\n' "$nasty" >secret
    run 0 render --show-secrets draft.json
    [ "$(jq -r '.instances[0].password' out)" = "$nasty" ]
    with_password x | jq '.instances[0].password = {"$env": "MQ_PASSWORD"}' >draft.json
    MQ_PASSWORD=$canary run 0 render --show-secrets draft.json
    [ "$(jq -r '.instances[0].password' out)" = "$canary" ]
    with_password x | jq '.instances[0].password = {"$command": ["printf", "%s\\n", "a  b"]}' >draft.json
    run 0 render --show-secrets draft.json
    [ "$(jq -r '.instances[0].password' out)" = 'a  b' ]
}

a_command_gets_no_keys_and_no_input() {
    with_keys
    with_password x | jq '.instances[0].password =
        {"$command": ["sh", "-c", "echo \"<${ALIBABA_CLOUD_ACCESS_KEY_SECRET-}$(cat)>$HOME\""]}' >draft.json
    echo input | run 0 render --show-secrets draft.json
    [ "$(jq -r '.instances[0].password' out)" = "<>$HOME" ]
}

a_command_that_fails_is_named() {
    with_password x | jq '.instances[0].password = {"$command": ["sh", "-c", "echo x; exit 7"]}' >draft.json
    run 3 render --show-secrets draft.json
    says err 'the command sh failed with exit status 7'
    with_password x | jq '.instances[0].password = {"$command": ["no-such-command"]}' >draft.json
    run 3 render --show-secrets draft.json
    says err 'no-such-command'
    with_password x | jq '.instances[0].password = {"$command": ["true"]}' >draft.json
    run 3 render --show-secrets draft.json
    says err 'empty'
}

the_http_request_is_whole_and_signed() {
    with_keys
    valid orders >draft.json
    run 0 render draft.json --as http --show-secrets
    is_empty err
    [ "$(sed -n 1p out)" = 'POST /disaster_recovery HTTP/1.1' ]
    says out 'host: rocketmq.cn-hangzhou.aliyuncs.com'
    says out 'x-acs-action: CreateDisasterRecoveryPlan'
    says out 'x-acs-version: 2022-08-01'
    grep -qE '^x-acs-signature-nonce: [0-9a-f]{32}$' out
    grep -qE '^Authorization: ACS3-HMAC-SHA256 Credential=LTAI5tExampleKey0001,SignedHeaders=content-type;host;.*,Signature=[0-9a-f]{64}$' out
    sed '1,/^$/d' out | head -c -1 >body
    [ "$(sed -n 's/^x-acs-content-sha256: //p' out)" = "$(sha256sum body | cut -c -64)" ]
    [ "$(sed -n 's/^content-length: //p' out)" = "$(wc -c <body)" ]
    jq -S . body >got
    jq -S . draft.json | cmp - got
}

what_was_signed_can_be_followed() {
    with_keys
    valid orders >draft.json
    run 0 render draft.json --as http --explain --show-secrets
    sed -n '/^# Canonical request$/,/^# String to sign$/p' out | sed '1d;$d' | sed '$d' | head -c -1 >canonical
    sed -n '/^# String to sign$/,/^# Request$/p' out | sed '1d;$d' | sed '$d' | head -c -1 >string
    [ "$(sed -n 2p string)" = "$(sha256sum canonical | cut -c -64)" ]
    command -v openssl >/dev/null || return 0
    signature=$(openssl dgst -sha256 -hmac example-key-secret -r string | cut -c -64)
    says out "Signature=$signature"
}

the_http_request_hides_what_is_secret() {
    with_keys
    ALIBABA_CLOUD_SECURITY_TOKEN=token-canary
    export ALIBABA_CLOUD_SECURITY_TOKEN
    with_password "$canary" >draft.json
    for explain in '' --explain; do
        # shellcheck disable=SC2086
        run 0 render draft.json --as http $explain
        keeps_quiet_about out "$canary"
        keeps_quiet_about out token-canary
        keeps_quiet_about out example-key-secret
        says out 'Signature=********'
        says out 'x-acs-security-token: ********'
        says err 'signed with the true passwords'
    done
    run 0 render draft.json --as http
    says out 'x-acs-content-sha256: ********'
    says out 'content-length: ********'
    run 0 render draft.json --as http --show-secrets
    says out "$canary"
    says out token-canary
    keeps_quiet_about out '********'
    keeps_quiet_about out example-key-secret
}

http_and_curl_need_credentials() {
    valid orders >draft.json
    run 4 render draft.json --as http
    is_empty out
    says err 'ALIBABA_CLOUD_ACCESS_KEY_ID'
    run 4 render draft.json --as curl
    run 0 render draft.json --as aliyun
}

a_draft_with_errors_becomes_no_command() {
    echo '{"planName": "a"}' >draft.json
    run 3 render draft.json
    says err 'planType'
    [ "$(jq -c . out)" = '{"planName":"a"}' ]
    for format in http curl aliyun; do
        run 3 render draft.json --as "$format" --sandbox
        is_empty out
        says err 'planType'
    done
}

the_curl_command_works_as_it_is() {
    command -v curl >/dev/null
    start_sandbox
    valid "$nasty" | jq --arg nasty "$nasty" '.planDesc = ($nasty + "\n\ttab")' >draft.json
    run 0 render draft.json --as curl --endpoint "$endpoint"
    for shell in sh bash dash; do
        command -v "$shell" >/dev/null || continue
        run 0 render draft.json --as curl --endpoint "$endpoint"
        "$shell" ./out >answer
        jq -e '.success and (.data | type) == "number"' answer >/dev/null
    done
    sh ./out >answer
    jq -e '.Code == "SignatureNonceUsed"' answer >/dev/null
    stop_sandbox
}

the_curl_command_takes_passwords_from_variables() {
    start_sandbox
    with_password "$nasty" >draft.json
    run 0 render draft.json --as curl --endpoint "$endpoint"
    keeps_quiet_about out 'quoted'
    says err 'works once, within 15 minutes'
    DRPLAN_PASSWORD_1=$nasty sh ./out >answer
    jq -e '.success' answer >/dev/null
    run 0 render draft.json --as curl --endpoint "$endpoint"
    DRPLAN_PASSWORD_1=wrong sh ./out >answer
    jq -e '.success | not' answer >/dev/null
    run 0 render draft.json --as curl --endpoint "$endpoint" --show-secrets
    sh ./out >answer
    jq -e '.success' answer >/dev/null
    stop_sandbox
}

the_curl_command_follows_references() {
    start_sandbox
    printf 'two\nlines and a "quote"\n' >'a secret'
    with_password x | jq '.instances[0].password = {"$file": "a secret"}' >file.json
    with_password x | jq '.instances[0].password = {"$env": "MQ_PASSWORD"}' >env.json
    with_password x | jq '.instances[0].password = {"$command": ["printf", "%s", "it'\''s $HOME"]}' >command.json
    MQ_PASSWORD=$nasty
    export MQ_PASSWORD
    for draft in file env command; do
        run 0 render "$draft.json" --as curl --endpoint "$endpoint"
        sh ./out >answer
        jq -e '.success' answer >/dev/null
    done
    # A shell does not pass such a variable on, so it is asked for as a typed password is.
    with_password x | jq '.instances[0].password = {"$env": "odd; name"}' >odd.json
    env 'odd; name=odd value' "$DRPLAN" render odd.json --as curl --endpoint "$endpoint" >out 2>err
    DRPLAN_PASSWORD_1='odd value' sh ./out >answer
    jq -e '.success' answer >/dev/null
    stop_sandbox
}

a_password_that_a_shell_cannot_bring_is_refused() {
    with_keys
    with_password 'a	b' >draft.json
    run 3 render draft.json --as curl
    is_empty out
    says err 'instances[0].password'
    says err '--show-secrets'
}

the_token_is_a_variable_of_the_curl_command() {
    with_keys
    ALIBABA_CLOUD_SECURITY_TOKEN=token-canary
    export ALIBABA_CLOUD_SECURITY_TOKEN
    valid orders >draft.json
    run 0 render draft.json --as curl
    keeps_quiet_about out token-canary
    says out '$DRPLAN_SECURITY_TOKEN'
    run 0 render draft.json --as curl --show-secrets
    says out token-canary
}

# An aliyun that prints the word behind --body.
fake_aliyun() {
    mkdir bin
    cat >bin/aliyun <<'END'
#!/bin/sh
printf '%s\n' "$1 $2" >command
shift 2
while [ $# -gt 0 ]; do
    case $1 in
    --body) printf '%s' "$2" ;;
    --insecure) shift; continue ;;
    --*) printf '%s %s\n' "$1" "$2" >>command ;;
    esac
    shift 2
done
END
    chmod +x bin/aliyun
    PATH=$PWD/bin:$PATH
}

the_aliyun_command_has_the_body_as_one_word() {
    fake_aliyun
    valid "$nasty" >draft.json
    run 0 render draft.json --as aliyun --region cn-shanghai --profile prod
    sh ./out >body
    jq -S . draft.json >wanted
    jq -S . body | cmp - wanted
    printf '%s\n' 'rocketmq CreateDisasterRecoveryPlan' '--profile prod' '--region cn-shanghai' \
        '--endpoint rocketmq.cn-shanghai.aliyuncs.com' | cmp - command
}

the_aliyun_command_takes_passwords_from_variables() {
    fake_aliyun
    with_password "$nasty" >draft.json
    run 0 render draft.json --as aliyun
    keeps_quiet_about out 'quoted'
    DRPLAN_PASSWORD_1=$nasty sh ./out >body
    jq -S . draft.json >wanted
    jq -S . body | cmp - wanted
    run 0 render draft.json --as aliyun --show-secrets
    sh ./out >body
    jq -S . body | cmp - wanted
}

the_commands_say_where_it_goes_and_what_is_trusted() {
    fake_aliyun
    with_keys
    valid orders >draft.json
    run 0 render draft.json --as aliyun --endpoint http://127.0.0.1:8080 --region cn-shanghai
    says out '--insecure'
    sh ./out >body
    says command '--endpoint 127.0.0.1:8080'
    says command '--region cn-shanghai'
    jq 'del(.instances[].regionId)' draft.json >nowhere.json
    run 4 render nowhere.json --as aliyun --endpoint https://rocketmq.example.com
    is_empty out
    says err 'aliyun always wants a region: give --region'
    : >'our roots.pem'
    run 0 render draft.json --as curl --ca-file 'our roots.pem'
    says out "--cacert 'our roots.pem'"
}

secrets_of_unknown_members_are_variables_too() {
    fake_aliyun
    valid orders | jq '.backup = {"password": "canary-b"} | .password = "canary-a"' >draft.json
    run 0 render draft.json --as aliyun
    keeps_quiet_about out canary
    DRPLAN_PASSWORD_1=one DRPLAN_PASSWORD_2=two sh ./out >body
    [ "$(jq -c '[.backup.password, .password] | sort' body)" = '["one","two"]' ]
}

json_wraps_the_text() {
    valid orders >draft.json
    run 0 render draft.json --json
    holds '.draft == "draft.json" and .as == "body"'
    jq -r .text out | jq -S . >got
    jq -S . draft.json | cmp - got
}

check the_body_is_what_the_draft_says secrets_are_masked_unless_asked_for references_are_resolved_only_when_shown \
    a_command_gets_no_keys_and_no_input a_command_that_fails_is_named the_http_request_is_whole_and_signed \
    what_was_signed_can_be_followed the_http_request_hides_what_is_secret http_and_curl_need_credentials \
    a_draft_with_errors_becomes_no_command the_curl_command_works_as_it_is \
    the_curl_command_takes_passwords_from_variables the_curl_command_follows_references \
    a_password_that_a_shell_cannot_bring_is_refused the_token_is_a_variable_of_the_curl_command \
    the_aliyun_command_has_the_body_as_one_word the_aliyun_command_takes_passwords_from_variables \
    the_commands_say_where_it_goes_and_what_is_trusted \
    secrets_of_unknown_members_are_variables_too json_wraps_the_text
all_done
