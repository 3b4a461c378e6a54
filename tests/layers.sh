#!/bin/sh
# The rooms of docs/architecture.md as a test: fails where a file includes what its room may not.
set -eu
cd "$(dirname "$0")/.."
status=0

# allow ROOM "WHAT IT MAY INCLUDE": of the project's own headers.
allow() {
    for file in src/"$1"/*.[ch] src/"$1"/*.def; do
        [ -e "$file" ] || continue
        for header in $(sed -n 's/^#include "\([a-z_]*\)\/.*/\1/p' "$file" | sort -u); do
            case " $2 " in
            *" $header "*) ;;
            *)
                echo "$file includes $header/, which $1/ may not"
                status=1
                ;;
            esac
        done
    done
}

# only HEADER "FILES": of a library's header.
only() {
    for file in $(grep -rlE "#include <$1" src || true); do
        case " $2 " in
        *" $file "*) ;;
        *)
            echo "$file includes <$1>, which only $2 may"
            status=1
            ;;
        esac
    done
}

allow base "base"
allow model "model base"
allow api "api base"
allow ui "ui model base"
allow plain "plain model base"
allow sandbox "sandbox model api base"
allow cli "cli ui plain api model sandbox base"

only curses.h "src/ui/term_info.c"
only term.h "src/ui/term_info.c"
only curl/ "src/api/transport_curl.h"
only microhttpd.h "src/sandbox/server.c"
only openssl/ "src/api/transport_memory.c"
only dlfcn.h "src/base/module.c"
only nettle/ "src/api/sign.c"
only utf8proc.h "src/base/utf8.c"

# Whoever looks for something finds its file in the tour: by its name, or by what it has in common with its siblings.
for file in src/*/*.[ch] src/*/*.def; do
    name=${file##*/}
    name=${name%.*}
    case $name in *_state) continue ;; esac
    grep -qw "$name" docs/architecture.md || grep -qF "${name%_*}_...." docs/architecture.md && continue
    echo "docs/architecture.md does not have $file"
    status=1
done
for file in $(tr '`' '\n' <docs/architecture.md | grep -E '^[a-z]+/[a-z_]+\.(c|h|def)$' | sort -u); do
    [ -e "src/$file" ] && continue
    echo "docs/architecture.md has $file, which is not there"
    status=1
done

# Functions that write without a limit, or that lose errors.
banned='\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|system|popen|alloca)\('
if grep -rnE "$banned" src; then
    echo "the functions above are not used here"
    status=1
fi

# A figure in a format cuts a text within a character, and nobody sees that there was more: base/excerpt.h does not.
if grep -rnE '%\.[0-9]+s' src | grep -v '^src/base/excerpt.h:'; then
    echo "the texts above are cut by bytes"
    status=1
fi
exit $status
