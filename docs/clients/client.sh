#!/usr/bin/env bash
# Numbers from stdin to a stream, one point and one verdict at a time; reconnects, and repeats what had no verdict.
#
#     client.sh PRODUCER STREAM [HOST [PORT]]        bash alone
set -u
trap '' PIPE
producer=$1 stream=$2 host=${3:-127.0.0.1} port=${4:-7171}

connect() {
  local pause=1
  # In braces with its errors aside, because a redirection of exec that fails would end the shell.
  until { : <>"/dev/tcp/$host/$port"; } 2>/dev/null && exec 3<>"/dev/tcp/$host/$port" &&
    printf '{"op":"hello","producer":"%s"}\n' "$producer" >&3 && IFS= read -r -u 3 welcome; do
    echo "no server at $host:$port; again in $pause s" >&2
    sleep "$pause"
    pause=$((pause < 10 ? pause * 2 : 10))
  done
  last_seq=${welcome##*\"last_seq\":}
  last_seq=${last_seq%%,*}
}

connect
seq=$last_seq
while read -r value; do
  seq=$((seq + 1))
  until printf '{"stream":"%s","value":%s,"seq":%d}\n' "$stream" "$value" "$seq" 2>/dev/null >&3 &&
    IFS= read -r -u 3 verdict; do
    connect
  done
  printf '%s\n' "$verdict"
done
