#!/bin/bash
# Starts the server on a free port, asks it over plain sockets, and stops it: page_test.sh SERVER
set -euo pipefail

fail() {
    echo "$1"
    exit 1
}

coproc SERVER { exec "$1" --port 0; }
server=$SERVER_PID
exec {said}<&"${SERVER[0]}"  # bash forgets the coprocess when it has ended, and what it said last with it
trap 'kill -KILL $server 2>/dev/null || true' EXIT
read -r -u "$said" line
port=${line#http://localhost:}
port=${port%% *}

# Sends a request and says what came back.
ask() { # request line, more headers and body
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%s\r\n%b' "$1" "${2-\r\n}" >&3
    cat <&3
    exec 3>&-
}
expect() { # text, request line, more headers and body
    local answer
    answer=$(ask "${@:2}")
    [[ $answer == *"$1"* ]] || fail "$2: expected '$1' in
$answer"
}

expect '<output>0</output>' 'GET / HTTP/1.1'
expect '303 See Other' 'POST /add HTTP/1.1' 'Content-Length: 3\r\n\r\nx=1'
expect '303 See Other' 'POST /add HTTP/1.1'
expect '<output>2</output>' 'GET / HTTP/1.1'
expect '200 OK' 'HEAD / HTTP/1.1'
[[ $(ask 'HEAD / HTTP/1.1') != *'<output>'* ]] || fail 'HEAD has a body'

expect '404 Not Found' 'GET /nothing HTTP/1.1'
expect '405 Method Not Allowed' 'GET /add HTTP/1.1'
expect '405 Method Not Allowed' 'DELETE / HTTP/1.1'
expect '400 Bad Request' 'nonsense'
expect '400 Bad Request' 'POST /add HTTP/1.1' 'Content-Length: many\r\n\r\n'
expect '413 Content Too Large' 'POST /add HTTP/1.1' 'Content-Length: 65537\r\n\r\n'
expect '<output>2</output>' 'GET / HTTP/1.1'

kill -TERM "$server"
read -r -u "$said" line
[[ $line == bye ]] || fail "on SIGTERM it says: $line"
wait "$server" || fail "on SIGTERM it ends with $?"
