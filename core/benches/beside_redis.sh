#!/usr/bin/env bash
# Measures caracolad beside redis-server in one run: the same machine, TLS version, cipher, certificate and load
# generator (redis-benchmark). A GET of 400 bytes stands beside our card of `ls`, which is about that size.
#
#   cargo build --release && core/benches/beside_redis.sh [REQUESTS]
#
# Needs redis-server and redis-tools. $CARACOLAD and $CARACOLA name other binaries.
set -euo pipefail
cd "$(dirname "$0")/../.."

requests=${1:-200000}
server=${CARACOLAD:-target/release/caracolad}
client=${CARACOLA:-target/release/caracola}
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

"$server" --listen 127.0.0.1:0 --state-dir "$folder/state" >"$folder/listening" 2>"$folder/log" &
ours=$!
until [ -s "$folder/listening" ]; do
    kill -0 "$ours" || { cat "$folder/log"; exit 1; }
    sleep 0.1
done
read -r _ address fingerprint <"$folder/listening"
port=${address##*:}
certificate=$folder/state/tls/cert.pem

# The port of redis-server can't be any free one, so it is one that just was.
redis_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port 0 --tls-port "$redis_port" --bind 127.0.0.1 --dir "$folder" --save '' --appendonly no \
    --tls-cert-file "$certificate" --tls-key-file "$folder/state/tls/key.pem" --tls-auth-clients no \
    --tls-protocols TLSv1.2 >"$folder/redis" &
theirs=$!
tls=(--tls --cacert "$certificate" -h 127.0.0.1)
until redis-cli "${tls[@]}" -p "$redis_port" PING >/dev/null 2>&1; do
    kill -0 "$theirs" || { cat "$folder/redis"; exit 1; }
    sleep 0.1
done
redis-cli "${tls[@]}" -p "$redis_port" SET ls "$(printf '%400s' '' | tr ' ' x)" >/dev/null

# Clock ticks of processor time that a process has used: fields 14 and 15 of its stat, behind the name in parentheses.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

measure() { # LABEL PROCESS PORT PIPELINE COMMAND...
    local before after report
    before=$(ticks "$2")
    report=$(redis-benchmark "${tls[@]}" --tls-ciphers ECDHE-ECDSA-AES256-GCM-SHA384 -p "$3" -c 50 -n "$requests" \
        -P "$4" --precision 3 "${@:5}" 2>&1 | tr '\r' '\n')
    after=$(ticks "$2")
    awk -v label="$1" -v pipeline="$4" -v ticks=$((after - before)) -v hertz="$(getconf CLK_TCK)" -v n="$requests" '
        /throughput summary/ { rate = $3 }
        /latency summary/ { rows = 2; next }
        rows > 0 && --rows == 0 { p99 = $5 }
        END {
            printf "%-16s pipeline %2d  %9.0f requests/s  %6.2f us of processor each  p99 %7.3f ms\n",
                label, pipeline, rate, ticks / hertz * 1e6 / n, p99
        }' <<<"$report"
}

for pipeline in 1 16; do
    for _ in 1 2; do
        measure 'redis PING' "$theirs" "$redis_port" "$pipeline" PING
        measure 'caracola PING' "$ours" "$port" "$pipeline" PING
        measure 'redis GET 400' "$theirs" "$redis_port" "$pipeline" GET ls
        measure 'caracola ls' "$ours" "$port" "$pipeline" ls
    done
done

# A whole process each: start, handshake, one request, end.
repeat() { # LABEL COMMAND...
    local start end
    "${@:2}" >/dev/null
    start=$(date +%s%N)
    for _ in $(seq 100); do "${@:2}" >/dev/null; done
    end=$(date +%s%N)
    awk -v label="$1" -v ns=$((end - start)) 'BEGIN { printf "%-30s %6.2f ms\n", label, ns / 1e8 }'
}
repeat 'redis-cli --tls PING' redis-cli "${tls[@]}" -p "$redis_port" PING
if [ -x "$client" ]; then
    repeat 'caracola -c ls' env XDG_CONFIG_HOME="$folder/config" XDG_STATE_HOME="$folder/home" XDG_CACHE_HOME="$folder/cache" \
        "$client" "127.0.0.1:$port" --fingerprint "$fingerprint" -c ls
fi
