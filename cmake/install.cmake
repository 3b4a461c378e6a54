# What `cmake --install` puts where, and the Debian package that `cpack` makes of it (script/package).
install(TARGETS drplan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES README.md docs/credentials.md docs/drafts.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# The scripts are written by the program itself, from the tables that it reads its command line by.
set(DRPLAN_ZSH_FOLDER ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh looks for completions")
set(completions)
foreach(shell bash zsh fish)
    set(script ${CMAKE_BINARY_DIR}/completions/${shell})
    add_custom_command(OUTPUT ${script}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/completions
        COMMAND drplan completion ${shell} > ${script}
        DEPENDS drplan VERBATIM)
    list(APPEND completions ${script})
endforeach()
add_custom_target(completions ALL DEPENDS ${completions})
install(FILES ${CMAKE_BINARY_DIR}/completions/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME drplan)
install(FILES ${CMAKE_BINARY_DIR}/completions/zsh DESTINATION ${DRPLAN_ZSH_FOLDER} RENAME _drplan)
install(FILES ${CMAKE_BINARY_DIR}/completions/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    RENAME drplan.fish)

find_program(SCDOC_PROGRAM scdoc)
find_program(GZIP_PROGRAM gzip)
if(SCDOC_PROGRAM AND GZIP_PROGRAM)
    set(page ${CMAKE_BINARY_DIR}/drplan.1.gz)
    add_custom_command(OUTPUT ${page}
        COMMAND ${SCDOC_PROGRAM} < ${CMAKE_SOURCE_DIR}/docs/drplan.1.scd > ${CMAKE_BINARY_DIR}/drplan.1
        COMMAND ${GZIP_PROGRAM} -9nf ${CMAKE_BINARY_DIR}/drplan.1
        DEPENDS ${CMAKE_SOURCE_DIR}/docs/drplan.1.scd VERBATIM)
    add_custom_target(man_page ALL DEPENDS ${page})
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
    message(STATUS "No man page: scdoc and gzip make it")
endif()

# A Debian package has a changelog of its own form, and its own name for the other one.
option(DRPLAN_DEBIAN "Install what a Debian package has to hold besides" OFF)
if(DRPLAN_DEBIAN)
    string(TIMESTAMP DEBIAN_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH where that is set
    configure_file(cmake/changelog.Debian.in ${CMAKE_BINARY_DIR}/changelog.Debian @ONLY)
    configure_file(CHANGELOG.md ${CMAKE_BINARY_DIR}/changelog COPYONLY)
    execute_process(COMMAND ${GZIP_PROGRAM} -9nkf ${CMAKE_BINARY_DIR}/changelog ${CMAKE_BINARY_DIR}/changelog.Debian
        COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${CMAKE_BINARY_DIR}/changelog.gz ${CMAKE_BINARY_DIR}/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
else()
    install(FILES CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME drplan)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "drplan maintainers <drplan@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "disaster recovery plans between RocketMQ clusters, from a terminal")
set(CPACK_PACKAGE_DESCRIPTION "drplan asks only what applies, shows the exact request before anything
is sent, signs and sends it once, and says truthfully what became of it.
It works on a full screen, as plain questions, and without a screen in
scripts, and brings a sandbox to rehearse in.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
