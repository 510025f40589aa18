# What is installed, and the Debian package of it: `cpack` in the build folder, or ./run.sh package. Paths are those below
# /: DESTDIR=/somewhere cmake --install build --prefix / puts it all there.
install(TARGETS spindriftd spindrift-detect spindrift-sim spindrift-viz RUNTIME DESTINATION usr/bin)
if(SPINDRIFT_HAS_KAFKA)
  install(TARGETS spindrift-worker RUNTIME DESTINATION usr/bin)
endif()
set(deploy ${PROJECT_SOURCE_DIR}/server/deploy)
install(FILES ${deploy}/spindriftd.toml DESTINATION etc/spindrift)
install(FILES ${deploy}/spindrift.logrotate DESTINATION etc/logrotate.d RENAME spindrift)
install(FILES ${deploy}/spindriftd.service ${deploy}/spindriftd.socket DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION usr/share/doc/spindrift RENAME copyright)
install(FILES ${deploy}/alerts.yml ${deploy}/dashboard.json DESTINATION usr/share/doc/spindrift/examples)
install(FILES ${PROJECT_SOURCE_DIR}/docs/CHANGELOG.md ${PROJECT_SOURCE_DIR}/docs/operations.md
              ${PROJECT_SOURCE_DIR}/docs/alerts.md ${PROJECT_SOURCE_DIR}/docs/protocol.md
        DESTINATION usr/share/doc/spindrift)
# Made by the target `man`.
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION usr/share/man/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
install(DIRECTORY ${PROJECT_BINARY_DIR}/completion/bash/ DESTINATION usr/share/bash-completion/completions OPTIONAL)
install(DIRECTORY ${PROJECT_BINARY_DIR}/completion/zsh/ DESTINATION usr/share/zsh/vendor-completions OPTIONAL)
install(DIRECTORY ${PROJECT_BINARY_DIR}/completion/fish/ DESTINATION usr/share/fish/vendor_completions.d OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME spindrift)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_CONTACT "the spindrift maintainers <maintainers@spindrift.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, gnuplot-nox | gnuplot")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${deploy}/debian/postinst;${deploy}/debian/prerm;${deploy}/debian/postrm;${deploy}/debian/conffiles")
include(CPack)
