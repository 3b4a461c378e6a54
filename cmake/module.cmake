# Parts of the program that are loaded when they are used first: src/base/module.h, decision 0017.
#
# They lie beside the program in the build folder, and in a folder of the libraries when installed. Each is linked with
# what it uses of the rooms, as the program is, and shows one symbol: its table.
set(DRPLAN_MODULE_FOLDER ${CMAKE_INSTALL_LIBDIR}/drplan)
file(RELATIVE_PATH DRPLAN_MODULES ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR}/drplan)

# drplan_module(NAME TABLE ROOM...)
function(drplan_module name table)
    set(target drplan_${name}_module)
    set(map ${CMAKE_CURRENT_BINARY_DIR}/${name}.map)
    file(WRITE ${map} "{ global: ${table}; local: *; };\n")
    add_library(${target} MODULE $<TARGET_OBJECTS:drplan_${name}>)
    target_link_libraries(${target} PRIVATE drplan_strict drplan_${name} ${ARGN})
    target_link_options(${target} PRIVATE -Wl,--version-script=${map})
    if(NOT DRPLAN_SANITIZE) # a sanitizer is in the program only
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME drplan-${name} LINKER_LANGUAGE C
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} LINK_DEPENDS ${map})
    install(TARGETS ${target} LIBRARY DESTINATION ${DRPLAN_MODULE_FOLDER})
    add_dependencies(drplan ${target})
endfunction()

# drplan_first(TARGET LIBRARY...): every library is searched for every symbol, in the order of their linking. The one that
# has most of them to find and the one that all others ask come first, which saves a tenth of the loading. A sanitizer
# wants to be the first itself.
function(drplan_first target)
    if(NOT DRPLAN_SANITIZE)
        target_link_options(${target} PRIVATE -Wl,--no-as-needed ${ARGN} -Wl,--as-needed)
    endif()
endfunction()
