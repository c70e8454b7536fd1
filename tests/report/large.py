#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a capture of a large plant, to see how the report bears it.

    large.py BIG.pcap [CELLS]

CELLS (200) networks of 25 devices each: an operator panel, four controllers, twenty field devices, all Modbus with an
identity (FC 43/14); four servers ask every controller over one router. With 200 cells: 5,000 assets, 20,000 links.
"""
import sys

from capture import READ, WRITE, Capture, identity

out, cells = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
VENDORS = [(b"Schneider Electric", b"BME P58 2040", b"v03.20"), (b"Schneider Electric", b"ATV630", b"V3.3IE45"),
           (b"Schneider Electric", b"STBNIP2311", b"v04.00"), (b"Siemens", b"SENTRON PAC3200", b"V2.4"),
           (b"WAGO", b"750-362", b"01.08.04"), (b"Phoenix Contact", b"AXL F BK ETH", b"1.40"), (b"ABB", b"ACS880", b"AINFX 3.20")]
SERVERS = 4
capture = Capture()
for cell in range(1, cells + 1):
    for device in range(5, 25):
        for controller in range(1, 5):
            named = identity(*VENDORS[(cell + device) % len(VENDORS)])
            capture.talk((cell, controller), (cell, device), [named, READ, WRITE] if controller == 1 else [READ])
    for controller in range(1, 5):
        capture.talk((cell, 0), (cell, controller), [identity(*VENDORS[(cell + controller) % len(VENDORS)]), READ])
        for server in range(SERVERS):
            capture.talk((0, server), (cell, controller), [READ])
capture.save(out)
