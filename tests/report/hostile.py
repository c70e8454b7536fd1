# SPDX-License-Identifier: Apache-2.0
"""A capture, a register and zones in which every name tries to be something else than text."""
from capture import READ, Capture, identity

LONG = 64 * 1024
SITE = "</script><script>window.hacked='site'</script>" + "s" * LONG
NAMES = [
    (b"</script><script>window.hacked=1</script>", b"<img src=x onerror=\"window.hacked=2\">", b"&lt;b&gt;&#60;i&#62;\"'`",
     b"javascript:window.hacked=3", b"=cmd|'/C calc'!A0"),
    ("\u202egnp.exe\u2066\u200b".encode(), b"\x1b[31mred\x07\x08\x7f", b"<!--<script>", b"-->", b"]]><svg/onload=window.hacked=4>"),
    (b"{{constructor.constructor('window.hacked=5')()}}", b"${window.hacked=6}", b"\\u003cscript\\u003e", b"'\"><iframe srcdoc=x>", b"@SUM(1+1)"),
    ("\u05d0\u05d1\u05d2 \u0634\u0631\u0643\u0629".encode(), "A\u030a\u0301\u0302".encode() + b"%s%n", b"</title></style></textarea>",
     b"/*earshot:inventory*/", b"+1+1"),
]


def write(folder):
    capture = Capture()
    for n, names in enumerate(NAMES):
        capture.talk((1, 0), (1, n + 1), [identity(*names), READ])
        capture.talk((2, 0), (1, n + 1), [READ])
    capture.save(folder / "'; $(touch hacked) <img src=x onerror=window.hacked=7>.pcap")
    (folder / "zones.yaml").write_text(
        "zones:\n"
        "  - {id: cell, name: \"</script><b onclick='window.hacked=8'>cell\", kind: ot, status: accepted, members: [{subnet: 10.20.1.0/24}]}\n"
        "  - {id: over, name: \"javascript:window.hacked=9\", kind: enterprise, status: accepted, members: [{subnet: 10.20.2.0/24}]}\n",
        encoding="utf-8")
    (folder / "register.csv").write_text(
        "number,name,ip,owner,location,notes\n"
        f"=1+1,<script>window.hacked=10</script>,10.20.1.11,<a href=javascript:window.hacked=11>x</a>,</td></table>,{'<u>' * 1300}\n",
        encoding="utf-8")
