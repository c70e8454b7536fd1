/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attribute.h - what a fact can be about, with its name in the inventory.
 *
 * Names are part of the inventory JSON contract: add, never rename. The number is
 * internal; only the name is ever stored.
 */
#ifndef EARSHOT_ATTRIBUTE_H
#define EARSHOT_ATTRIBUTE_H

/* clang-format off */
#define ATTRIBUTE_LIST(X) \
	X(NONE, "") \
	X(VENDOR, "vendor") X(VENDOR_ID, "vendor_id") X(MODEL, "model") X(PRODUCT_CODE, "product_code") \
	X(ORDER_NUMBER, "order_number") X(SERIAL_NUMBER, "serial_number") X(HARDWARE_VERSION, "hardware_version") \
	X(FIRMWARE_VERSION, "firmware_version") X(SOFTWARE_VERSION, "software_version") X(DEVICE_TYPE, "device_type") \
	X(NAME, "name") X(DESCRIPTION, "description") X(LOCATION, "location") X(PLANT_ID, "plant_id") \
	X(CONTACT, "contact") X(OS, "os") X(URL, "url") X(REVISION, "revision") X(MODULE_TYPE, "module_type") \
	X(BOOTLOADER_VERSION, "bootloader_version") X(MEMORY_CARD_SERIAL, "memory_card_serial") \
	X(PROJECT_NAME, "project_name") X(COPYRIGHT, "copyright") X(OPERATING_MODE, "operating_mode") \
	X(KEY_SWITCH, "key_switch") X(PROTECTION_LEVEL, "protection_level") X(STATION_NAME, "station_name") \
	X(HOSTNAME, "hostname") X(VENDOR_CLASS, "vendor_class") X(SYSTEM_OBJECT_ID, "system_object_id") \
	X(DEVICE_ID, "device_id") X(DEVICE_INSTANCE, "device_instance") X(CHASSIS_ID, "chassis_id") \
	X(PORT_ID, "port_id") X(MAC, "mac") X(IP, "ip") X(GATEWAY, "gateway") X(NETMASK, "netmask") \
	X(APPLICATION_NAME, "application_name") X(APPLICATION_URI, "application_uri") X(PRODUCT_URI, "product_uri") \
	X(BANNER, "banner") X(CERTIFICATE_SUBJECT, "certificate_subject") X(LINK_ADDRESS, "link_address") \
	X(COMMON_ADDRESS, "common_address") X(SAFETY_NETWORK_NUMBER, "safety_network_number") X(PROFILE, "profile") \
	X(CLIENT_KIND, "client_kind")           /* what a client says it is: "PG", "OP", "S7 basic", "SIMATIC-ROOT-ES" */ \
	X(GATEWAY_PROOF, "gateway_proof")       /* a message only a gateway sends, e.g. Modbus exception 0x0B */ \
	X(SAFETY, "safety")                     /* a message only a safety function sends: a safety segment, F-CPU */ \
	X(SECURITY, "security")                 /* "secure authentication in use", "CIP Security available" */ \
	X(STATUS, "status")                     /* condition the device reports: IIN bits, CIP status word */ \
	X(SERVER_NAME, "server_name")           /* the name a client asked for: TLS SNI */ \
	X(SUBSET, "subset") X(ID_CODE, "id_code") X(OWNER_NAME, "owner_name") X(SYSTEM_NAME, "system_name") \
	X(OPERATOR_NAME, "operator_name") X(CONFIGURATION_ID, "configuration_id") \
	X(CONFIGURATION_VERSION, "configuration_version") X(SECURE_AUTHENTICATION_VERSION, "secure_authentication_version") \
	X(OEM_ID, "oem_id") X(OBJECT, "object") /* a private object kept as it came; its number is the code */ \
	X(ALIAS, "alias") X(PORT_DESCRIPTION, "port_description") X(ASSET_TAG, "asset_tag") \
	X(CONTROL_BLOCK, "control_block") X(DATA_SET, "data_set") X(STREAM_ID, "stream_id") /* of GOOSE and sampled values */
/* clang-format on */

enum attribute {
#define X(id, name) ATTRIBUTE_##id,
	ATTRIBUTE_LIST(X)
#undef X
	    ATTRIBUTES
};

/* The name in the inventory; "" for ATTRIBUTE_NONE. Static storage. */
const char *attribute_name(enum attribute attribute);

#endif
