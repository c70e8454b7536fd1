#!/bin/sh
# in-namespaces.sh - record one exchange between two real protocol stacks.
#
#	in-namespaces.sh OUT.pcap PORT 'SERVER COMMAND' 'CLIENT COMMAND'
#
# Two network namespaces on a veth pair, 192.0.2.10 (server) and 192.0.2.20 (client), each with a MAC of its own, so
# that the capture shows two hosts and not one loopback address. Segmentation and checksum offload are off: the frames
# are what a cable would carry. Needs root, iproute2, ethtool and tcpdump. PORT is waited for before the client starts
# (0: wait half a second).
set -eu
out=$1 port=$2 server=$3 client=$4
a=earshot-server-$$ b=earshot-client-$$

clean() {
	[ -z "${server_pid:-}" ] || kill "$server_pid" 2>/dev/null || true
	[ -z "${dump_pid:-}" ] || kill "$dump_pid" 2>/dev/null || true
	ip netns del $a 2>/dev/null || true
	ip netns del $b 2>/dev/null || true
}
trap clean EXIT INT TERM

ip netns add $a
ip netns add $b
ip -n $a link add eth0 address 02:00:5e:00:02:0a type veth peer name eth0 address 02:00:5e:00:02:14 netns $b
for n in $a $b; do
	ip netns exec $n sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
	ip netns exec $n ethtool -K eth0 rx off tx off tso off gso off gro off >/dev/null 2>&1 || true
done
ip -n $a addr add 192.0.2.10/24 dev eth0
ip -n $b addr add 192.0.2.20/24 dev eth0
for n in $a $b; do
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done

ip netns exec $a tcpdump -q -i eth0 -s 0 -U --immediate-mode -Z root -w "$out" 2>/dev/null &
dump_pid=$!
ip netns exec $a sh -c "exec $server" &
server_pid=$!
if [ "$port" != 0 ]; then
	i=0
	until ip netns exec $a ss -Hltn "sport = :$port" | grep -q .; do
		i=$((i + 1))
		[ $i -lt 50 ] || { echo "in-namespaces.sh: nothing listens on $port" >&2; exit 1; }
		sleep 0.1
	done
fi
sleep 0.5
ip netns exec $b sh -c "exec $client"
sleep 0.3
kill $dump_pid
wait $dump_pid 2>/dev/null || true
dump_pid=
