# What nearly every unit reads of others' headers, read once: half of the time of an ordinary unit goes into it. Every
# file still includes what it uses; tests/tidy holds it against that, since with this a compiler no longer would.
#
#   precompile(TARGET KIND)    KIND: product (the standard library), network (Asio as well), test (GoogleTest as well)
#
# ccache looks at a precompiled header only with CCACHE_SLOPPINESS=pch_defines,time_macros, as run.sh sets it: with a
# ccache that was not told, nothing would be found in it again, so there it is off unless asked for.
set(precompile_default ON)
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache" AND NOT "$ENV{CCACHE_SLOPPINESS}" MATCHES "pch_defines")
  set(precompile_default OFF)
endif()
option(SPINDRIFT_PCH "precompile others' headers" ${precompile_default})

set(precompiled_product
  <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <cstdint> <cstring> <deque> <functional> <limits> <map>
  <memory> <mutex> <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
set(precompiled_network
  ${precompiled_product} <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/write.hpp>)
set(precompiled_test
  ${precompiled_product} <filesystem> <fstream> <set> <sstream> <gmock/gmock.h> <gtest/gtest.h>)

# One for all targets of a kind: it is made with the first of them.
function(precompile target kind)
  if(NOT SPINDRIFT_PCH)
    return()
  endif()
  if(NOT TARGET precompiled_${kind})
    set(source ${PROJECT_BINARY_DIR}/precompiled_${kind}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// Made by precompile.cmake: CMake precompiles for a target with a source.\n")
    add_library(precompiled_${kind} OBJECT ${source})
    target_link_libraries(precompiled_${kind} PRIVATE spindrift_warnings)
    if(kind STREQUAL network)
      target_link_libraries(precompiled_${kind} PRIVATE Boost::headers)
    endif()
    if(kind STREQUAL test)
      target_link_libraries(precompiled_${kind} PRIVATE GTest::gmock GTest::gtest)
      test_compile_options(precompiled_${kind})
    endif()
    precompiled_header_options(precompiled_${kind})
    target_precompile_headers(precompiled_${kind} PRIVATE ${precompiled_${kind}})
  endif()
  precompiled_header_options(${target})
  target_precompile_headers(${target} REUSE_FROM precompiled_${kind})
endfunction()

# What ccache asks for, an output that says which header was used, and no time in it; and what GCC 12 needs.
function(precompiled_header_options target)
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  # In strings that were precompiled GCC 12 sees copies out of bounds that it does not see, and that are not there,
  # otherwise: warnings, but no errors.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE
      -Wno-error=array-bounds -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow
      -Wno-error=stringop-overread)
  endif()
endfunction()
