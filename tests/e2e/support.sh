# shellcheck shell=sh disable=SC2034,SC2119,SC2120,SC2317 # what is set here is used where this is sourced
# What the tests of commands share; sourced. DRPLAN is the program, EXAMPLES the folder of the same name.
#
# A test is a function whose name is a sentence. It runs in a subshell and a folder of its own, and fails with the
# first command that fails; what the program printed is then shown.
set -eu

: "${DRPLAN:?must name the program}" "${EXAMPLES:?must name the folder}"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
unset NO_COLOR SSLKEYLOGFILE http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY || true
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_SECURITY_TOKEN || true
unset ALIBABA_CLOUD_PROFILE ALIBABA_CLOUD_REGION_ID ALIBABA_CLOUD_ENDPOINT ALIBABA_CLOUD_CONFIG_FILE || true
unset ALIBABA_CLOUD_CREDENTIALS_FILE ALIBABA_CLOUD_CLI_PROFILE_DISABLED DRPLAN_PASSWORD_1 || true
unset ALIBABA_CLOUD_ROLE_ARN ALIBABA_CLOUD_OIDC_PROVIDER_ARN ALIBABA_CLOUD_OIDC_TOKEN_FILE || true
unset ALIBABA_CLOUD_CREDENTIALS_URI ALIBABA_CLOUD_ENDPOINT_TYPE ALIBABA_CLOUD_STS_ENDPOINT || true
ALIBABA_CLOUD_ECS_METADATA_DISABLED=true # this machine may be an ECS instance
export ALIBABA_CLOUD_ECS_METADATA_DISABLED

scratch=$(mktemp -d)
sandbox_pid=
finish() {
    [ -z "$sandbox_pid" ] || kill "$sandbox_pid" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
failures=0
count=0

# run STATUS ARGUMENT...: runs drplan and expects an exit status; leaves what it printed in the files out and err.
# What is piped or redirected into it is its standard input; give it </dev/null otherwise.
run() {
    expected=$1
    shift
    status=0
    "$DRPLAN" "$@" >out 2>err || status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "drplan $*: exit status $status, not $expected" >&2
        return 1
    fi
}

# start ARGUMENT...: drplan beside the test; $drplan is its process. What an earlier one printed is gone by then.
start() {
    rm -f out err
    "$DRPLAN" "$@" >out 2>err </dev/null &
    drplan=$!
}

# run_ended STATUS PID SIGNAL: sends a signal to a program that runs and expects an exit status.
run_ended() {
    kill -"$3" "$2"
    status=0
    wait "$2" || status=$?
    [ "$status" -eq "$1" ] || {
        echo "exit status $status after SIG$3, not $1" >&2
        return 1
    }
}

# says FILE TEXT: one line of the file holds the text.
says() {
    grep -qF -e "$2" "$1" || {
        echo "'$1' does not say: $2" >&2
        return 1
    }
}

keeps_quiet_about() {
    if grep -qF -e "$2" "$1"; then
        echo "'$1' says: $2" >&2
        return 1
    fi
}

# is FILE TEXT: the file is the text and a newline.
is() {
    printf '%s\n' "$2" | cmp -s - "$1" || {
        echo "'$1' is not: $2" >&2
        return 1
    }
}

is_empty() {
    [ ! -s "$1" ] || {
        echo "'$1' is not empty" >&2
        return 1
    }
}

# holds FILTER: jq says true about each line of out.
holds() {
    jq -se "length > 0 and all(.[]; $1)" out >/dev/null || {
        echo "not so: $1" >&2
        return 1
    }
}

# until_said FILE TEXT: waits for a line of a program that runs.
until_said() {
    tries=0
    until grep -qF -e "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 2000 ]
        sleep 0.01
    done
}

# A draft without errors and warnings: valid NAME > FILE.
valid() {
    jq --arg name "$1" '.planName = $name' "$EXAMPLES/one-way-apsaramq-5x.json"
}

# Starts `drplan sandbox` with the arguments, waits for its first line, and points drplan to it through $endpoint.
# The pipe is read to its end beside the test, or the sandbox could block. What it is asked stands in sandbox.err, unless
# --quiet is among the arguments.
start_sandbox() {
    mkfifo sandbox.pipe
    "$DRPLAN" sandbox "$@" >sandbox.pipe 2>sandbox.err &
    sandbox_pid=$!
    exec 3<sandbox.pipe
    IFS= read -r line <&3
    endpoint=${line#listening on }
    ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
}

stop_sandbox() {
    kill "$sandbox_pid"
    wait "$sandbox_pid" || true
    sandbox_pid=
    exec 3<&-
}

# check FUNCTION...: runs tests.
check() {
    for name in "$@"; do
        count=$((count + 1))
        here=$scratch/$count
        mkdir "$here" "$here/home"
        failed=0
        (
            cd "$here"
            HOME=$here/home
            XDG_STATE_HOME=$here/state
            export HOME XDG_STATE_HOME
            trap 'finish_test' EXIT
            finish_test() {
                [ -z "$sandbox_pid" ] || kill "$sandbox_pid" 2>/dev/null || true
            }
            set -e
            "$name"
        ) >"$here/log" 2>&1 </dev/null &
        wait $! || failed=1
        if [ "$failed" -eq 0 ]; then
            echo "ok $count - $name"
            continue
        fi
        failures=$((failures + 1))
        echo "not ok $count - $name"
        for file in log out err; do
            [ ! -s "$here/$file" ] || sed "s/^/  $file: /" "$here/$file"
        done
    done
}

all_done() {
    echo "$count tests, $failures failed"
    [ "$failures" -eq 0 ]
}
