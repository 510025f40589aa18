#!/usr/bin/env bash
# Fetches the jars of the broker that tests start, once, into a folder outside of the repository, and prints where they are.
#
#   broker_jars.sh          prints the folder; 29 s and 54 MB the first time
#   broker_jars.sh --have   the same, but fetches nothing: exit code 1 where they are not there
#
# Exit code 77: there is no Java or no Maven here. KAFKA_PROOF_JARS names a folder that is used as it is.
set -euo pipefail
cd "$(dirname "$0")"
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' pom.xml)
folder=${KAFKA_PROOF_JARS:-${XDG_CACHE_HOME:-$HOME/.cache}/spindrift/kafka-$version}
command -v java >/dev/null || { echo "no java here" >&2; exit 77; }
if [ -e "$folder/kafka_2.13-$version.jar" ]; then echo "$folder"; exit 0; fi
[ "${1:-}" != --have ] || exit 1
command -v mvn >/dev/null || { echo "no mvn here" >&2; exit 77; }
mkdir -p "${folder%/*}"
# One fetches, the others wait for it; and what was half fetched is never taken for the whole.
exec 9>"$folder.lock"
flock 9
if [ ! -e "$folder/kafka_2.13-$version.jar" ]; then
  rm -rf "$folder.part" "$folder"
  mvn -q -B -f pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    "-DoutputDirectory=$folder.part" -DincludeScope=runtime >&2
  mv "$folder.part" "$folder"
fi
echo "$folder"
