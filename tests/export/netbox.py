# SPDX-License-Identifier: Apache-2.0
"""A reader of NetBox's bulk import files, written from its documentation and its import forms (NetBox 4.2 to 4.5).

NetBox(...).load(kind, text) takes one file as the import does: the columns must be known, the required ones there,
every value fit its field, every reference lead to exactly one record that is there already, and nothing that must be
unique be there twice. Otherwise Refused is raised and nothing of the file is taken.
"""
import csv, io, ipaddress, re

# column: (required, longest value or None, further rule or None)
SLUG = re.compile(r"^[-a-zA-Z0-9_]+$")
COLOUR = re.compile(r"^[0-9a-f]{6}$")
MAC = re.compile(r"^([0-9a-f]{2}:){5}[0-9a-f]{2}$", re.I)
DNS = re.compile(r"^([0-9A-Za-z_-]+|\*)(\.[0-9A-Za-z_-]+)*\.?$")
DEVICE_STATUS = {"offline", "active", "planned", "staged", "failed", "inventory", "decommissioning"}
SITE_STATUS = {"planned", "staging", "active", "decommissioning", "retired"}
MODULE_STATUS = {"offline", "active", "planned", "staged", "failed", "decommissioning"}
IP_STATUS = {"active", "reserved", "deprecated", "dhcp", "slaac"}
INTERFACE_TYPES = {"virtual", "bridge", "lag", "100base-tx", "1000base-t", "other"}  # some of them
BOOLEAN = {"true", "false", "True", "False", "1", "0", "yes", "no", ""}


def text(longest, required=True):
    return required, lambda v: len(v) <= longest


def match(pattern, longest=100, required=True):
    return required, lambda v: len(v) <= longest and pattern.match(v)


def choice(words, required=True):
    return required, lambda v: v in words


def cidr(value):
    """With a mask, and no network's own or broadcast address, which cannot be on an interface."""
    if "/" not in value:
        return False
    at = ipaddress.ip_interface(value)
    wide = at.network.prefixlen < (31 if at.version == 4 else 127)
    return not (wide and at.ip == at.network.network_address) and not (
        at.version == 4 and wide and at.ip == at.network.broadcast_address)


def height(value):
    return re.match(r"^\d{1,3}(\.\d)?$", value) and float(value) * 2 == int(float(value) * 2)


FIELDS = {
    "sites": {"name": text(100), "slug": match(SLUG), "status": choice(SITE_STATUS), "region": text(100, False),
              "group": text(100, False), "facility": text(50, False), "description": text(200, False)},
    "manufacturers": {"name": text(100), "slug": match(SLUG), "description": text(200, False)},
    "device_types": {"manufacturer": text(100), "model": text(100), "slug": match(SLUG), "part_number": text(50, False),
                     "u_height": (True, height), "is_full_depth": choice(BOOLEAN, False),
                     "description": text(200, False), "comments": text(10**6, False)},
    "device_roles": {"name": text(100), "slug": match(SLUG), "color": match(COLOUR, 6),
                     "vm_role": choice(BOOLEAN, False), "description": text(200, False)},
    "devices": {"name": text(64, False), "role": text(100), "manufacturer": text(100), "device_type": text(100),
                "serial": text(50, False), "asset_tag": text(50, False), "status": choice(DEVICE_STATUS),
                "site": text(100), "description": text(200, False), "comments": text(10**6, False)},
    "interfaces": {"device": text(64), "name": text(64), "label": text(64, False), "type": choice(INTERFACE_TYPES),
                   "enabled": choice(BOOLEAN, False), "description": text(200, False)},
    "mac_addresses": {"mac_address": match(MAC, 17), "device": text(64, False), "interface": text(64, False),
                      "is_primary": choice(BOOLEAN, False), "description": text(200, False)},
    "ip_addresses": {"address": (True, cidr), "status": choice(IP_STATUS), "device": text(64, False),
                     "interface": text(64, False), "is_primary": choice(BOOLEAN, False), "is_oob": choice(BOOLEAN, False),
                     "dns_name": match(DNS, 255, False), "description": text(200, False)},
    "module_types": {"manufacturer": text(100), "model": text(100), "part_number": text(50, False),
                     "description": text(200, False)},
    "module_bays": {"device": text(64), "name": text(64), "label": text(64, False), "position": text(30, False),
                    "description": text(200, False)},
    "modules": {"device": text(64), "module_bay": text(64), "module_type": text(100), "serial": text(50, False),
                "asset_tag": text(50, False), "status": choice(MODULE_STATUS), "description": text(200, False),
                "comments": text(10**6, False)},
}

# What must be there once: names of devices are compared without regard to case, in one site.
UNIQUE = {
    "sites": [("name",), ("slug",)], "manufacturers": [("name",), ("slug",)],
    "device_types": [("manufacturer", "model"), ("manufacturer", "slug")], "device_roles": [("name",), ("slug",)],
    "devices": [("name~", "site"), ("asset_tag",)], "interfaces": [("device", "name")], "mac_addresses": [],
    "ip_addresses": [("host",)], "module_types": [("manufacturer", "model")], "module_bays": [("device", "name")],
    "modules": [("device", "module_bay"), ("asset_tag",)],
}

# column: (kind, column there, columns that narrow the search: (there, here))
REFERENCES = {
    "device_types": {"manufacturer": ("manufacturers", "name", ())},
    "devices": {"role": ("device_roles", "name", ()), "manufacturer": ("manufacturers", "name", ()),
                "device_type": ("device_types", "model", (("manufacturer", "manufacturer"),)),
                "site": ("sites", "name", ())},
    "interfaces": {"device": ("devices", "name", ())},
    "mac_addresses": {"device": ("devices", "name", ()), "interface": ("interfaces", "name", (("device", "device"),))},
    "ip_addresses": {"device": ("devices", "name", ()), "interface": ("interfaces", "name", (("device", "device"),))},
    "module_types": {"manufacturer": ("manufacturers", "name", ())},
    "module_bays": {"device": ("devices", "name", ())},
    "modules": {"device": ("devices", "name", ()), "module_bay": ("module_bays", "name", (("device", "device"),)),
                "module_type": ("module_types", "model", ())},  # by the model alone, whoever made it
}


class Refused(Exception):
    pass


class NetBox:
    def __init__(self):
        self.records = {kind: [] for kind in FIELDS}
        self.found = {}  # (kind, columns, values): records
        self.primary = {}  # (device, IP version): address
        self.primary_mac = {}  # (device, interface): MAC

    def load(self, kind, data):
        rows = self._parse(kind, data)
        taken = []
        try:
            for number, row in enumerate(rows, 1):
                self._take(kind, row, number)
                taken.append(row)
        except Refused:
            for row in taken:
                self._drop(kind, row)
            raise
        for row in taken:  # what saving a record sets beside it, line by line
            self._save(kind, row)
        return len(taken)

    def _parse(self, kind, data):
        if not data.endswith("\r\n"):
            raise Refused(f"{kind}: the last record has no line end")
        reader = csv.reader(io.StringIO(data, newline=""), strict=True)
        table = [[cell.strip() for cell in row] for row in reader]
        header = table[0] if table else []
        if len(set(header)) != len(header):
            raise Refused(f"{kind}: a column twice")
        for column in header:
            if column not in FIELDS[kind]:
                raise Refused(f"{kind}: unknown column {column!r}")
        for column, (required, _) in FIELDS[kind].items():
            if required and column not in header:
                raise Refused(f"{kind}: no column {column!r}")
        for number, row in enumerate(table[1:], 1):
            if len(row) != len(header):
                raise Refused(f"{kind} {number}: {len(row)} fields for {len(header)} columns")
        return [dict(zip(header, row)) for row in table[1:]]

    def _keys(self, kind, row):
        for columns in UNIQUE[kind]:
            values = []
            for column in columns:
                if column == "host":
                    values.append(str(ipaddress.ip_interface(row["address"]).ip))
                else:
                    value = row.get(column.rstrip("~"), "")
                    values.append(value.lower() if column.endswith("~") else value)
            if all(values):  # what is not said is never there twice
                yield columns, tuple(values)

    def _take(self, kind, row, number):
        for column, (required, fits) in FIELDS[kind].items():
            value = row.get(column, "")
            if value == "" and required:
                raise Refused(f"{kind} {number}: {column} is empty")
            if value != "" and not fits(value):
                raise Refused(f"{kind} {number}: {column}: {value[:80]!r}")
            if "\0" in value:
                raise Refused(f"{kind} {number}: {column}: NUL")
        for column, (other, there, narrowed) in REFERENCES.get(kind, {}).items():
            value = row.get(column, "")
            if value == "":
                continue
            wanted = ((there, value),) + tuple((a, row.get(b, "")) for a, b in narrowed)
            if len(self.found.get((other, "ref") + wanted, ())) != 1:
                count = len(self.found.get((other, "ref") + wanted, ()))
                raise Refused(f"{kind} {number}: {column}: {count} {other} with {wanted}")
        if row.get("is_primary", "").lower() in ("true", "1", "yes") and not (row.get("device") and row.get("interface")):
            raise Refused(f"{kind} {number}: primary without device and interface")
        for columns, values in self._keys(kind, row):
            if self.found.get((kind, "unique", columns, values)):
                raise Refused(f"{kind} {number}: {columns} {values} is there already")
        self.records[kind].append(row)
        for columns, values in self._keys(kind, row):
            self.found.setdefault((kind, "unique", columns, values), []).append(row)
        for key in self._wanted(kind, row):
            self.found.setdefault(key, []).append(row)

    def _wanted(self, kind, row):
        """Every way in which another kind may look for this record."""
        ways = set()
        for references in REFERENCES.values():
            for other, there, narrowed in references.values():
                if other == kind:
                    ways.add((there,) + tuple(a for a, _ in narrowed))
        for way in ways:
            yield (kind, "ref") + tuple((column, row.get(column, "")) for column in way)

    def _drop(self, kind, row):
        self.records[kind].remove(row)
        for columns, values in self._keys(kind, row):
            self.found[(kind, "unique", columns, values)].remove(row)
        for key in self._wanted(kind, row):
            self.found[key].remove(row)

    def _save(self, kind, row):
        primary = row.get("is_primary", "").lower() in ("true", "1", "yes")
        if kind == "ip_addresses" and "is_primary" in row and row.get("device"):
            version = ipaddress.ip_interface(row["address"]).version
            self.primary[row["device"], version] = row["address"] if primary else None
        if kind == "mac_addresses" and primary:
            self.primary_mac[row["device"], row["interface"]] = row["mac_address"]
