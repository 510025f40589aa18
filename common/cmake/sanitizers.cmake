# SPINDRIFT_SANITIZE: empty, or what goes after -fsanitize= ("address,undefined", "thread").
if(SPINDRIFT_SANITIZE)
  add_compile_options(-fsanitize=${SPINDRIFT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SPINDRIFT_SANITIZE})
  if(SPINDRIFT_SANITIZE MATCHES "thread")
    # Asio uses atomic_thread_fence, of which TSan warns that it cannot model it; with -Werror that ends the build.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
# SPINDRIFT_FUZZ: clang's coverage instrumentation everywhere; the fuzz targets alone link libFuzzer's main.
if(SPINDRIFT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=fuzzer-no-link,address,undefined)
endif()
