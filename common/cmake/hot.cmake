# SPINDRIFT_TRAINED: the rooms through which every point goes (HOT in add_room) are optimized for use.
#
# - By what a training run has shown: which branches are taken, what is called how often, and which code is never touched
#   and need not lie between the rest. `bench-cost` runs for it, in a build tree of its own (training/, made once: whoever
#   removes it trains anew). What has changed since then is compiled as if nothing were known of it.
# - Across rooms, when a program is linked.
#
# No result changes: GCC reorders no sum of floating-point numbers unless it is told to. docs/benchmarks.md says what it
# gives. Warnings are what the build of the tests is for: in code that counts, or is inlined by what was counted, GCC 12
# sees copies out of bounds that are not there. It takes twice the time, and half a minute a link, so tests go without
# it. By GCC alone.
option(SPINDRIFT_TRAINED "optimize for use; builds the hot rooms twice, and no tests" OFF)
set(SPINDRIFT_TRAINING "" CACHE INTERNAL "the folder that the training's own build writes its counts to")

if(SPINDRIFT_TRAINED AND SPINDRIFT_TESTS)
  message(FATAL_ERROR "SPINDRIFT_TRAINED is ON, and SPINDRIFT_TESTS: one of them has to be OFF")
endif()
if(SPINDRIFT_TRAINED AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(WARNING "SPINDRIFT_TRAINED is ON, which ${CMAKE_CXX_COMPILER_ID} takes no notice of")
  set(SPINDRIFT_TRAINED OFF)
endif()

set(training_folder ${PROJECT_BINARY_DIR}/training)
if(SPINDRIFT_TRAINED)
  set(CMAKE_AR ${CMAKE_CXX_COMPILER_AR})
  set(CMAKE_RANLIB ${CMAKE_CXX_COMPILER_RANLIB})
  add_link_options(-flto=auto -w)
  add_custom_command(OUTPUT ${training_folder}/trained
    COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${training_folder} -G ${CMAKE_GENERATOR}
      -DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
      -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER} -DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}
      -DSPINDRIFT_UNITY=${SPINDRIFT_UNITY} -DSPINDRIFT_ROOM_AT_A_TIME=${SPINDRIFT_ROOM_AT_A_TIME}
      -DSPINDRIFT_PCH=${SPINDRIFT_PCH} -DSPINDRIFT_KAFKA=OFF -DSPINDRIFT_TESTS=OFF -DSPINDRIFT_BENCH=ON
      -DSPINDRIFT_TRAINING=${training_folder}/counts
    COMMAND ${CMAKE_COMMAND} --build ${training_folder} --target train
    COMMAND ${CMAKE_COMMAND} -E touch ${training_folder}/trained
    COMMENT "Training: the hot rooms are compiled to count, and run, before they are compiled for use"
    USES_TERMINAL VERBATIM)
  add_custom_target(training DEPENDS ${training_folder}/trained)
endif()

function(make_hot target)
  if(SPINDRIFT_TRAINING)
    target_compile_options(${target} PRIVATE -w -fprofile-generate=${SPINDRIFT_TRAINING} -fprofile-update=single
      -fprofile-prefix-path=${PROJECT_BINARY_DIR})
    target_link_options(${target} INTERFACE -fprofile-generate)
  elseif(SPINDRIFT_TRAINED)
    target_compile_options(${target} PRIVATE -flto=auto -w -fprofile-use=${training_folder}/counts
      -fprofile-prefix-path=${PROJECT_BINARY_DIR} -fprofile-partial-training)
    add_dependencies(${target} training)
    get_target_property(sources ${target} SOURCES)
    set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS ${training_folder}/trained)
  endif()
endfunction()
