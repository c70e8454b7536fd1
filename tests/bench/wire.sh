#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wire.sh EARSHOT CAPTURE PACKETS-A-SECOND SECONDS: `earshot watch` at one end of a veth pair, tcpreplay at the other, in network
# namespaces of their own that nothing leaves. Prints what was sent, the daemon's memory twice a minute, and its status. Needs
# root, iproute2 and tcpreplay.
set -eu
[ $# = 4 ] || { sed -n 's/^# //p' "$0" | sed -n 2,4p >&2; exit 2; }
earshot=$(realpath "$1") capture=$2 rate=$3 seconds=$4
from=send$$ to=watch$$ folder=$(mktemp -d) daemon=
trap '[ -z "$daemon" ] || kill $daemon; ip netns del $from; ip netns del $to; rm -rf "$folder"' EXIT
ip netns add $from
ip netns add $to
ip -n $from link add wire0 type veth peer name span0 netns $to
for end in "$from wire0" "$to span0"; do
	set -- $end
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip -n "$1" link set "$2" mtu 9000 up
done
printf 'interfaces: [span0]\ndb: %s/w.db\n' "$folder" >"$folder/earshot.yaml"
: >"$folder/log"
ip netns exec $to "$earshot" watch --config "$folder/earshot.yaml" 2>"$folder/log" &
daemon=$!
until grep -q 'listening on' "$folder/log"; do
	kill -0 $daemon || { cat "$folder/log" >&2; exit 1; }
	sleep 0.1
done
(
	while [ -d "/proc/$daemon" ]; do
		sed -n 's/^VmRSS: *\(.*\)/resident \1/p' "/proc/$daemon/status"
		sleep 30
	done
) &
ip netns exec $from timeout "$seconds" tcpreplay -q -K --loop=0 --pps="$rate" -i wire0 "$capture" 2>&1 | grep -E 'Actual|Rated' || true
sleep 12 # until two more rounds of the writer are in the status
echo "sent $(cat "/sys/class/net/wire0/statistics/tx_packets" 2>/dev/null || ip -n $from -s link show wire0 | awk '/TX:/ {getline; print $2}') packets"
"$earshot" status --db "$folder/w.db"
kill -TERM $daemon
wait $daemon
daemon=
