# One interface target that every target of ours links: the warnings, and the arithmetic rule. Contracting a*b+c into a
# fused multiply-add changes the last bit, and with it a verdict; detection is bit-exact, so it is off everywhere.
add_library(spindrift_warnings INTERFACE)
target_compile_options(spindrift_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                                                    -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual)
if(SPINDRIFT_WERROR)
  target_compile_options(spindrift_warnings INTERFACE -Werror)
endif()
# Nobody asks errno what a root or a logarithm said: without it std::sqrt is one instruction.
add_compile_options(-ffp-contract=off -fno-math-errno)
# GCC 12 sees overlapping copies in "literal" + std::string at -O3 where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(spindrift_warnings INTERFACE -Wno-restrict)
endif()
