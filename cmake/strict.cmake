# What every target is compiled with: warnings, hardening, and the sanitizers of the preset.
add_library(drplan_strict INTERFACE)
target_compile_definitions(drplan_strict INTERFACE _GNU_SOURCE DRPLAN_VERSION="${PROJECT_VERSION}")
target_include_directories(drplan_strict INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(drplan_strict INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wformat=2 -Wformat-nonliteral -Wundef -Wswitch-enum -Wpointer-arith -Wwrite-strings
    -fstack-protector-strong -fno-common)
target_link_options(drplan_strict INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)

if(DRPLAN_WERROR)
    target_compile_options(drplan_strict INTERFACE -Werror)
endif()
if(DRPLAN_SANITIZE)
    target_compile_options(drplan_strict INTERFACE -fsanitize=${DRPLAN_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(drplan_strict INTERFACE -fsanitize=${DRPLAN_SANITIZE})
    if(DRPLAN_SANITIZE MATCHES "fuzzer-no-link")
        # To follow each comparison takes up to half of the time, and whole words are learnt from strcmp() and
        # memcmp() without it.
        target_compile_options(drplan_strict INTERFACE -fno-sanitize-coverage=trace-cmp)
    endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    # All symbols are bound at the start (-z now), so calls need no table to jump through.
    target_compile_options(drplan_strict INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fno-plt -O3)
endif()
if(DRPLAN_COVERAGE)
    # Counts of threads that meet get lost else, and what is worked out from them is below zero.
    target_compile_options(drplan_strict INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(drplan_strict INTERFACE --coverage)
    add_library(drplan_keep_counts STATIC tests/coverage/keep_counts.c)
    target_link_libraries(drplan_strict INTERFACE drplan_keep_counts)
    target_link_options(drplan_strict INTERFACE -Wl,--wrap=_exit -Wl,--wrap=raise)
endif()
