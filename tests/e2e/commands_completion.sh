#!/bin/sh
# drplan completion: what the shells offer. Each shell that is missing is said so and passed over.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"
scripts=$(cd "${0%/*}" && pwd)

# Every command and option there is, as far as the program's own help knows them.
commands() {
    "$DRPLAN" help | sed -n '/^Commands$/,/^$/s/^  \([a-z]*\)  *.*/\1/p'
}

options() {
    "$DRPLAN" help "$1" | sed -n 's/^  .*\(--[a-z-]*\).*/\1/p' | sort -u
}

set_up() {
    "$DRPLAN" completion "$1" >script
    PATH=${DRPLAN%/*}:$PATH
    mkdir -p home/.aliyun plans
    cat >home/.aliyun/config.json <<'END'
{"current": "prod", "profiles": [
    {"name": "prod", "mode": "AK", "access_key_id": "LTAI5tExampleKey0001", "access_key_secret": "hidden-secret"},
    {"name": "two words", "mode": "AK", "access_key_id": "LTAI5tExampleKey0002", "access_key_secret": "hidden-secret"},
    {"name": "$(touch ran)", "mode": "AK", "access_key_id": "LTAI5tExampleKey0003", "access_key_secret": "hidden-secret"}]}
END
    echo '{}' >orders.json
    echo text >notes.txt
}

# offers WORD...: all of them are in the file out, each on a line of its own.
offers() {
    for word in "$@"; do
        grep -qxF -e "$word" out || {
            echo "not offered: $word; but:" >&2
            cat out >&2
            return 1
        }
    done
}

does_not_offer() {
    for word in "$@"; do
        if grep -qxF -e "$word" out; then
            echo "offered: $word" >&2
            return 1
        fi
    done
}

# The same questions to each shell; `ask LINE` is how it is asked, and leaves the answer in out.
the_shell_knows_everything() {
    set_up "$1"
    ask 'drplan '
    # shellcheck disable=SC2046 # a word each
    offers $(commands)
    for command in $(commands); do
        ask "drplan $command --"
        # shellcheck disable=SC2046
        offers $(options "$command")
    done
    ask 'drplan validate --'
    does_not_offer --jobs --as
    ask 'drplan --'
    offers --version --profile
    does_not_offer --jobs
    ask 'drplan --sandbox --region cn-hangzhou submit --j'
    offers --jobs --json
    does_not_offer --yes
    ask 'drplan submit --region cn-s'
    offers cn-shanghai cn-shenzhen
    does_not_offer cn-hangzhou
    ask 'drplan render --as '
    offers body http curl aliyun
    ask 'drplan completion '
    offers bash zsh fish
    ask 'drplan help va'
    offers validate
    ask 'drplan validate o'
    offers orders.json
    ask 'drplan submit --profile pr'
    offers prod
    [ ! -e ran ]
    keeps_quiet_about script hidden-secret
}

bash_completes() {
    ask() {
        # bash itself splits at blanks, and hands the empty word over behind the last one.
        case $1 in
        *' ') set -- "$1" '' ;;
        esac
        # shellcheck disable=SC2086
        bash --norc --noprofile "$scripts/complete.bash" script $1 ${2+""} >out
    }
    the_shell_knows_everything bash
    ask 'drplan '
    does_not_offer notes.txt
    bash --norc --noprofile "$scripts/complete.bash" script drplan submit --profile '' >out
    offers prod 'two\ words' '\$\(touch\ ran\)'
    [ ! -e ran ]
    bash --norc --noprofile "$scripts/complete.bash" script drplan render --as = b >out
    is out body
    bash --norc --noprofile "$scripts/complete.bash" script drplan render --as = >out
    offers body http
    bash --norc --noprofile "$scripts/complete.bash" script drplan submit --region=cn-hangzhou '' >out
    offers orders.json plans
}

zsh_completes() {
    ask() {
        zsh -f "$scripts/complete.zsh" script "$1" >all
        # _arguments offers --name= for an option that takes a value.
        sed 's/=$//; s/[[:space:]]*$//' all >out
    }
    the_shell_knows_everything zsh
    ask 'drplan submit --profile '
    offers prod 'two words'
    [ ! -e ran ]
    ask 'drplan render --as=b'
    offers body
}

fish_completes() {
    ask() {
        fish --no-config -c 'source ./script; complete -C $argv[1]' -- "$1" | cut -f 1 >out
    }
    the_shell_knows_everything fish
    ask 'drplan submit --profile '
    offers prod
    [ ! -e ran ]
}

profiles_are_names_only() {
    set_up bash
    run 0 completion profiles
    is_empty err
    offers prod 'two words' '$(touch ran)'
    [ "$(wc -l <out)" -eq 3 ]
    rm home/.aliyun/config.json
    run 0 completion profiles
    is_empty out
}

a_shell_without_completions_is_refused() {
    run 2 completion tcsh
    is_empty out
    says err 'bash, zsh and fish'
    run 2 completion
}

for shell in bash zsh fish; do
    if command -v $shell >/dev/null; then
        check "${shell}_completes"
    else
        echo "skipped: $shell is not installed"
    fi
done
check profiles_are_names_only a_shell_without_completions_is_refused
all_done
