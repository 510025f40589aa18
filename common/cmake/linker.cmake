# SPINDRIFT_QUICK_LINKER: gold in place of GNU ld, where it is installed (Debian 12 has it with binutils):
# it links in half of the time. For a build that somebody waits for; a release is linked as the distribution links.
option(SPINDRIFT_QUICK_LINKER "link with gold where it is installed" OFF)
if(SPINDRIFT_QUICK_LINKER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  find_program(SPINDRIFT_GOLD ld.gold)
  if(SPINDRIFT_GOLD)
    add_link_options(-fuse-ld=gold)
  endif()
endif()
