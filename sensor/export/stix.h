/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix.h - how an inventory stands in a STIX 2.1 bundle (OASIS standard). Private to export/.
 *
 *	marking-definition     TLP:AMBER, of all objects: a plant is for those who protect it
 *	identity               the sensor, created_by_ref of all; its references are the captures
 *	infrastructure         an asset each, and a zone each
 *	ipv4-addr, ipv6-addr   with resolves_to_refs where the MAC address is proved
 *	mac-addr
 *	software               firmware, and programs that named themselves (cpe.h)
 *	relationship           zone consists-of asset; asset consists-of part, address, software;
 *	                       asset communicates-with asset (client and server, answered)
 *
 * What STIX has no property for is in the description of an asset as "vendor: ...; model: ...", and
 * the frames that said it are external references. An extension would be tidier, but the OASIS schema
 * for bundles has no place for an extension-definition: it matches two branches of a oneOf.
 *
 * Nothing here was seen doing harm, as first_seen and last_seen of an infrastructure would say
 * (section 4.8.1): the last sighting stands in the description. `created` is the first sighting,
 * `modified` the end of the last capture.
 *
 * Ids: of addresses and software by the rule of section 2.9 (UUIDv5 of the canonical JSON of what identifies them), so
 * that they meet those of other tools; of all else UUIDv5 of what is stable in earshot, apart for each site; of the
 * bundle a name of its whole content.
 */
#ifndef EARSHOT_STIX_H
#define EARSHOT_STIX_H

#include "sensor/export/element.h"
#include "sensor/export/origin.h"
#include "sensor/export/uuid.h"
#include "sensor/util/arena.h"
#include "sensor/util/text.h"

#define STIX_ID_MAX 64 /* "infrastructure--" and a UUID, and room */

/* An address of an interface; `mac` alone is the MAC address of one. */
struct stix_address {
	const char *ip, *mac;
};

struct stix_software {
	uint32_t asset;
	const char *name, *vendor, *version, *cpe; /* NULL: unknown */
	char id[STIX_ID_MAX];
};

struct stix {
	struct element_writer writer;
	const struct conclusions *c;
	struct order captures;
	struct uuids uuids;
	struct arena arena;
	uint8_t site[UUID_BYTES]; /* the name space of this site */
	int64_t end_ns;           /* of the last capture */
	char sensor[STIX_ID_MAX];
	struct stix_address *addresses; /* sorted */
	struct stix_software *software; /* by asset */
	size_t address_count, software_count;
	bool first; /* nothing was written yet */
};

/* 0 or -ENOMEM; what is gathered is freed with the rest by export_stix(). */
int stix_gather(struct stix *s);
/* The id of an object of this site, or of every site. */
char *stix_id(struct stix *s, char out[STIX_ID_MAX], const char *type, const char *what);
char *stix_asset_id(struct stix *s, char out[STIX_ID_MAX], uint32_t asset);
/* The id of an address, "ipv4-addr--...". */
char *stix_address_id(struct stix *s, char out[STIX_ID_MAX], const char *address);

/* An object with what all of them have; NULL `first`: created at the end of the window. */
cJSON *stix_object(struct stix *s, const char *type, const char *id, const struct sighting *first);
void stix_write(struct stix *s, cJSON *object);

void stix_write_observables(struct stix *s);
void stix_write_relationships(struct stix *s);

#endif
