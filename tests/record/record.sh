#!/bin/sh
# record.sh - record again the exchanges in pcaps/ that were made between two network namespaces.
#
#	apt-get install gcc pkg-config libmodbus-dev iproute2 ethtool tcpdump nodejs npm udhcpd udhcpc openssl
#	npm install modbus-serial node-snap7        (in a directory of your own; NODE_PATH names its node_modules)
#	NODE_PATH=.../node_modules tests/record/record.sh OUTPUT-DIRECTORY
#
# Times, ports and sequence numbers differ from run to run; what the two sides say does not. Needs root.
set -eu
here=$(dirname "$(readlink -f "$0")")
out=${1:?usage: record.sh OUTPUT-DIRECTORY}
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
mkdir -p "$out/modbus" "$out/s7comm" "$out/dhcp" "$out/tls"

for side in server client; do
	# shellcheck disable=SC2046
	cc -O1 -o "$bin/modbus-$side" "$here/libmodbus-$side.c" $(pkg-config --cflags --libs libmodbus)
done

record() { "$here/in-namespaces.sh" "$out/$1.pcap" "$2" "$3" "$4"; }

record modbus/read-write-libmodbus 502 "$bin/modbus-server" "$bin/modbus-client 192.0.2.10 read-write 1"
record modbus/report-server-id-libmodbus 502 "$bin/modbus-server" "$bin/modbus-client 192.0.2.10 report-id 255"
record modbus/gateway-units-libmodbus 502 "$bin/modbus-server 2 3 17" "$bin/modbus-client 192.0.2.10 units 2 3 4 17 5"
record modbus/identification-more-follows-modbus-serial 502 "node $here/modbus-serial-server.js" \
	"node $here/modbus-serial-client.js 192.0.2.10 502 1"

record s7comm/read-write-snap7 102 "node $here/snap7-server.js" "node $here/snap7-client.js 192.0.2.10 read-write 0 2 OP"
for theme in identity blocks run-stop; do
	record s7comm/$theme-snap7 102 "node $here/snap7-server.js" "node $here/snap7-client.js 192.0.2.10 $theme 0 2 PG"
done

cat >"$bin/udhcpd.conf" <<END
start 192.0.2.100
end 192.0.2.110
interface eth0
lease_file $bin/leases
pidfile $bin/pid
option subnet 255.255.255.0
option router 192.0.2.1
option lease 3600
END
: >"$bin/leases"
record dhcp/lease-busybox 0 "udhcpd -f $bin/udhcpd.conf" \
	"udhcpc -f -q -n -i eth0 -s /bin/true -x hostname:panel-7 -V 'Example Panel 7'"

openssl req -x509 -newkey rsa:2048 -nodes -subj "/O=Example Works/CN=hmi.plant.example" -days 3650 \
	-keyout "$bin/key.pem" -out "$bin/certificate.pem" 2>/dev/null
for version in 2 3; do
	record tls/hello-1.$version-on-44818-openssl 44818 \
		"openssl s_server -quiet -accept 44818 -key $bin/key.pem -cert $bin/certificate.pem -tls1_$version" \
		"sh -c 'echo Q | openssl s_client -connect 192.0.2.10:44818 -servername hmi.plant.example -tls1_$version >/dev/null 2>&1'"
done
