# A room is one folder of the house: one static library whose link list is the list of rooms it may see.
#
#   add_room(detect [HOT | COLD] [TOGETHER | TOGETHER_IN_DEBUG [APART sources]] SOURCES adwin.cpp LINKS spindrift_model)
#
# makes spindrift_detect. Headers are included from the top of the house ("server/detect/adwin.hpp"), so an include
# says where it comes from and tests/tidy can hold every arrow against the link lists. TOGETHER (see together.cmake):
# where sources read much of others' headers. TOGETHER_IN_DEBUG: not in a release, since which of the sources'
# functions are inlined into each other there was measured one by one; APART: sources whose names others of the room
# have too. COLD: where nothing is done a point or a line, but at the start, by the
# second or by somebody's request: a release compiles it at -O1, which takes less of the compiler's time than -O3. HOT:
# where every point goes through, see hot.cmake.
function(add_room name)
  cmake_parse_arguments(ROOM "HOT;COLD;TOGETHER;TOGETHER_IN_DEBUG" "" "SOURCES;LINKS;APART" ${ARGN})
  if(ROOM_SOURCES)
    add_library(spindrift_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(spindrift_${name} PUBLIC ${ROOM_LINKS} PRIVATE spindrift_warnings)
    target_include_directories(spindrift_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    if("Boost::headers" IN_LIST ROOM_LINKS)
      precompile(spindrift_${name} network)
    else()
      precompile(spindrift_${name} product)
    endif()
    if(ROOM_COLD)
      target_compile_options(spindrift_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    if(ROOM_HOT)
      make_hot(spindrift_${name})
    endif()
    if(ROOM_TOGETHER OR (ROOM_TOGETHER_IN_DEBUG AND CMAKE_BUILD_TYPE STREQUAL "Debug"))
      compile_together(spindrift_${name} AT_A_TIME ${SPINDRIFT_ROOM_AT_A_TIME} APART ${ROOM_APART})
    endif()
  else()
    add_library(spindrift_${name} INTERFACE)
    target_link_libraries(spindrift_${name} INTERFACE ${ROOM_LINKS})
    target_include_directories(spindrift_${name} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# A program of the house: build/bin/<name>.
function(add_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_LINKS} spindrift_warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  precompile(${name} product)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# For a build with TSan, which has nothing to say of the others: the files with a test whose name speaks of threads.
function(keep_tests_on_threads list)
  set(kept "")
  foreach(source ${${list}})
    file(STRINGS ${source} found REGEX "^TEST.*thread" LIMIT_COUNT 1)
    if(found)
      list(APPEND kept ${source})
    endif()
  endforeach()
  set(${list} ${kept} PARENT_SCOPE)
endfunction()

# The unit tests of one room: every *_test.cpp of tests/unit/<folder>, one test program, one ctest entry a test.
function(add_unit_tests folder)
  cmake_parse_arguments(UNIT "" "" "LINKS;APART" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${folder}/*_test.cpp)
  if(SPINDRIFT_SANITIZE STREQUAL "thread")
    keep_tests_on_threads(sources)
  endif()
  list(TRANSFORM UNIT_APART PREPEND ${PROJECT_SOURCE_DIR}/tests/unit/${folder}/)
  if(sources)
    add_test_program(unit_${name} LABEL unit SOURCES ${sources} LINKS ${UNIT_LINKS} APART ${UNIT_APART})
  endif()
endfunction()

# What is under test is in the libraries. Optimizing and instrumenting the tests themselves as well would cost a fresh
# build minutes: half of all the time it takes to compile them.
function(test_compile_options target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1> $<$<CONFIG:Debug>:-O0>)
  if(SPINDRIFT_FUZZ)
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined,fuzzer-no-link)
  endif()
endfunction()

# A GoogleTest program whose tests carry one ctest label.
function(add_test_program name)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT" "SOURCES;LINKS;APART" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gmock GTest::gtest_main spindrift_warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  test_compile_options(${name})
  precompile(${name} test)
  compile_together(${name} APART ${TEST_APART})
  target_compile_definitions(${name} PRIVATE SPINDRIFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             SPINDRIFT_BIN_DIR="${PROJECT_BINARY_DIR}/bin")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${name} TEST_PREFIX "${TEST_LABEL}." PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT}
                       DISCOVERY_TIMEOUT 60)
endfunction()
