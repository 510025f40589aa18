# Sources of one target compiled a few at a time as one unit (CMake's unity build): others' headers are read, and their
# templates made, once for all of them. It takes a third to a half off the compiler's time of a fresh build.
#
#   compile_together(TARGET [AT_A_TIME N] [APART SOURCES])
#
# N: 6 unless it is said; rooms take SPINDRIFT_ROOM_AT_A_TIME, 12, since what they read of each other costs more than
# what a core waits for, and a whole room in the preset of the demo, where little else is done with a unit than reading.
# On for the presets that build everything once (release, tsan, fuzz); off for dev, where one changed file would compile
# its neighbours again, and for lint, which looks at files one by one. A name in an unnamed namespace must be the only
# one of its room: what means the same has one home, and what does not deserves two names. APART: sources that define
# macros or names for themselves.
option(SPINDRIFT_UNITY "compile sources of a room together" OFF)
set(SPINDRIFT_ROOM_AT_A_TIME 12 CACHE STRING "how many of them at most")

function(compile_together target)
  if(NOT SPINDRIFT_UNITY)
    return()
  endif()
  cmake_parse_arguments(TOGETHER "" "AT_A_TIME" "APART" ${ARGN})
  if(NOT TOGETHER_AT_A_TIME)
    set(TOGETHER_AT_A_TIME 6)
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TOGETHER_AT_A_TIME})
  if(TOGETHER_APART)
    set_source_files_properties(${TOGETHER_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()
