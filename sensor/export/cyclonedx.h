/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx.h - how an inventory stands in a CycloneDX bill of materials (ECMA-424; 1.6 and 1.7). Private to export/.
 *
 *	metadata.component   the site, "site"
 *	components           a device each, "asset-ID": its name is what it is (model, else order number,
 *	                     name, address), its version that of the hardware, manufacturer the vendor
 *	  .components        what is in it: modules and what stands behind it (devices), firmware
 *	                     ("firmware-ID"), operating system ("os-ID"), programs that greeted
 *	                     ("program-N-ID", see cpe.h)
 *	services             what an asset answered, "service-ID-PROTOCOL-TRANSPORT"; endpoints are
 *	                     tcp://10.0.0.8:502, since few of the protocols have a URI scheme of their
 *	                     own; trustZone is the id of the zone
 *	dependencies         an asset on the services it used
 *	compositions         completeness unknown: what was not heard is not in it
 *
 * evidence.identity says for name, version and cpe which capture and frame said it, and how. Where
 * CycloneDX has no field, there are properties: cdx:device:serialNumber and cdx:device:macAddress of
 * its own taxonomy, and earshot:FIELD with the FIELD of config/inventory.schema.json. Of components:
 *
 *	earshot:asset, parent, at, name, type, type_confidence, order_number, vendor_reason, ip, vlan,
 *	mac_vendor, hostname, flag, purdue_level, zone, zone_kind, zone_status, zone_reason, first_seen,
 *	last_seen, would_identify
 *	earshot:conflict:FIELD       each of the values that contradict each other
 *	earshot:declared:FIELD       number, owner, location, criticality, function: the owner's register
 *	earshot:evidence:FIELD       where the value of a property, or the manufacturer, is from
 *	earshot:firmware_version, hardware_version      whole, where `version` (1024 characters) is not
 *
 * Of services earshot:asset, basis, operation, clients, zone_kind, first_seen, last_seen, evidence.
 * Of metadata earshot:capture, "1 plant.pcap sha256 HEX".
 *
 * serialNumber comes last and is a name of all that stands before it: equal documents have the same one, different
 * documents never. What 1.7 adds and is used: distributionConstraints; without it a document counts as TLP:CLEAR,
 * which the inventory of a plant is not.
 */
#ifndef EARSHOT_CYCLONEDX_H
#define EARSHOT_CYCLONEDX_H

#include "sensor/export/element.h"
#include "sensor/export/origin.h"
#include "sensor/util/text.h"

#define BOM_REF_MAX 128      /* the longest protocol name is far shorter */
#define BOM_VERSION_MAX 1024 /* characters, says the schema */
#define BOM_SERVICE_NONE UINT32_MAX

/* The links of one service: links[first] .. of bom.offered. */
struct bom_service {
	uint32_t server, first, count;
};

struct bom {
	struct element_writer writer;
	const struct conclusions *c;
	struct order captures;
	uint32_t *offered;    /* indexes of answered links, by server, protocol, transport, port, client */
	uint32_t *service_of; /* of each link; BOM_SERVICE_NONE: nobody answered */
	struct bom_service *services;
	uint32_t offered_count, service_count;
};

/* 0 or -ENOMEM; clear in either case. */
int bom_services_make(struct bom *b);
void bom_services_clear(struct bom *b);
char *bom_service_ref(char out[BOM_REF_MAX], const struct bom *b, uint32_t service);

cJSON *bom_service(struct bom *b, uint32_t service);
/* A whole device with what is in it. */
cJSON *bom_device(struct bom *b, uint32_t asset);
/* Adds {"name": NAME, "value": VALUE}; nothing without a value. */
void bom_property(struct bom *b, cJSON *properties, const char *name, const char *value);
void bom_times(struct bom *b, cJSON *properties, const struct span *seen);
/* The time of a sighting: a capture may begin its clock at 0. */
char *bom_time(char out[TIME_TEXT_MAX], const struct sighting *at);

#endif
