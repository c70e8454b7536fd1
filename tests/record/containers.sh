#!/bin/sh
# containers.sh - the same recorded exchange as other programs write it.
#
#	apt-get install wireshark-common gzip zstd
#	tests/record/containers.sh pcaps
#
# editcap and mergecap belong to Wireshark; the merged file has two interfaces, Ethernet (Modbus) and raw IP
# (pcaps/variants/raw-ip.pcap a minute later).
set -eu
pcaps=${1:?usage: containers.sh PCAPS-DIRECTORY}
base=$pcaps/modbus/identification-more-follows-modbus-serial.pcap
out=$pcaps/containers
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

editcap -F pcapng "$base" "$out/editcap.pcapng"
editcap -F nsecpcap "$base" "$out/editcap-nanoseconds.pcap"
editcap -F modpcap "$base" "$out/editcap-modified.pcap"
editcap -F pcap -s 96 "$base" "$out/editcap-snap-length-96.pcap"
editcap -t 60 "$pcaps/variants/raw-ip.pcap" "$scratch/raw.pcap"
cp "$base" "$scratch/ethernet.pcap"      # mergecap writes the names of its inputs into the file
(cd "$scratch" && mergecap -F pcapng -w merged.pcapng ethernet.pcap raw.pcap)
cp "$scratch/merged.pcapng" "$out/mergecap-two-link-types.pcapng"
# They also write the kernel's version into the file; it is nobody's business.
system=$(uname -sr)
for f in "$out"/*.pcapng; do
	LC_ALL=C sed -i "s/$system/$(printf "%-${#system}s" Linux)/" "$f"
done
gzip -9 -n -c "$base" >"$out/gzip.pcap.gz"
zstd -q -f -19 "$base" -o "$out/zstd.pcap.zst"
zstd -q -f -3 "$out/mergecap-two-link-types.pcapng" -o "$out/zstd.pcapng.zst"
tail -c +25 "$base" | gzip -9 -n >"$scratch/second.gz"
head -c 24 "$base" | gzip -9 -n >"$out/gzip-two-members.pcap.gz"
cat "$scratch/second.gz" >>"$out/gzip-two-members.pcap.gz"
