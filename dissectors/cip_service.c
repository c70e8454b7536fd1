/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_service.c - what a CIP service does to the device.
 *
 * Service codes: The CIP Networks Library, volume 1, appendix A (common services) and the object
 * definitions; 1756-PM020 (Logix 5000 data access) for tags. Codes from 0x32 on mean something else
 * in every class, so the class decides first.
 */
#include "cip.h"

enum family {
	FAMILY_SETTINGS, /* attributes are identity, status and settings */
	FAMILY_DATA,     /* attributes are process data: assemblies, points, parameters */
	FAMILY_PROGRAM,  /* Logix: programs, routines, tasks, types */
	FAMILY_MONITOR,  /* Logix: lists of tags to read at once */
	FAMILY_FIRMWARE,
	FAMILY_FILE
};

static enum family class_family(uint16_t class_id)
{
	switch (class_id) {
	case 0x04: /* assembly */
	case 0x08: /* discrete and analogue points and groups */
	case 0x09:
	case 0x0A:
	case 0x0B:
	case 0x0F: /* parameter */
	case 0x1D:
	case 0x1E:
	case 0x1F:
	case 0x20:
	case 0x21:
	case 0x22:
	case 0x28: /* motor data, control supervisor, drive */
	case 0x29:
	case 0x2A:
		return FAMILY_DATA;
	case 0x68: /* program */
	case 0x69:
	case 0x6A:
	case CIP_SYMBOL:
	case 0x6C: /* template */
	case 0x6D: /* routine */
	case 0x6E:
	case 0x70: /* task */
		return FAMILY_PROGRAM;
	case 0x72:
	case 0xB2:
		return FAMILY_MONITOR;
	case 0xA1:
		return FAMILY_FIRMWARE;
	case CIP_FILE:
		return FAMILY_FILE;
	default:
		return FAMILY_SETTINGS;
	}
}

static bool path_is_tag(const struct cip_path *path)
{
	return path->symbolic || path->class_last == CIP_SYMBOL;
}

static unsigned tag_operations(uint8_t service)
{
	switch (service) {
	case CIP_READ_TAG:
	case CIP_READ_TAG_FRAGMENTED:
		return OPERATION_READ;
	case CIP_WRITE_TAG:
	case CIP_WRITE_TAG_FRAGMENTED:
	case CIP_READ_MODIFY_WRITE:
		return OPERATION_WRITE;
	case 0x55: /* get instance attribute list: browsing the tags */
		return OPERATION_DIAGNOSE;
	default:
		return OPERATION_NONE;
	}
}

const char *cip_tag_message(uint8_t service)
{
	switch (service) {
	case CIP_READ_TAG:
		return "CIP Read Tag (0x4C)";
	case CIP_READ_TAG_FRAGMENTED:
		return "CIP Read Tag Fragmented (0x52)";
	case CIP_WRITE_TAG:
		return "CIP Write Tag (0x4D)";
	case CIP_WRITE_TAG_FRAGMENTED:
		return "CIP Write Tag Fragmented (0x53)";
	case CIP_READ_MODIFY_WRITE:
		return "CIP Read Modify Write Tag (0x4E)";
	default:
		return NULL;
	}
}

bool cip_is_tag_service(uint8_t service, const struct cip_path *path)
{
	return path_is_tag(path) && cip_tag_message(service) != NULL;
}

static unsigned object_operations(uint8_t service, enum family family)
{
	switch (family) {
	case FAMILY_PROGRAM:
		return service == CIP_READ_TAG ? OPERATION_DIAGNOSE : OPERATION_PROGRAM;
	case FAMILY_MONITOR:
		return OPERATION_READ;
	case FAMILY_FIRMWARE:
		return OPERATION_PROGRAM;
	case FAMILY_FILE:
		return OPERATION_FILE;
	default:
		return OPERATION_NONE;
	}
}

static unsigned set_operations(enum family family)
{
	return family == FAMILY_DATA                                   ? OPERATION_WRITE
	       : family == FAMILY_PROGRAM || family == FAMILY_FIRMWARE ? OPERATION_PROGRAM
								       : OPERATION_CONFIGURE;
}

unsigned cip_service_operations(uint8_t service, const struct cip_path *path)
{
	enum family family = class_family(path->class_last);
	switch (service) {
	case CIP_GET_ALL:
	case CIP_GET_LIST:
	case CIP_GET_SINGLE:
		return family == FAMILY_DATA ? OPERATION_READ : OPERATION_DIAGNOSE;
	case CIP_SET_ALL:
	case CIP_SET_LIST:
	case CIP_SET_SINGLE:
	case CIP_CREATE:
	case CIP_DELETE:
	case CIP_APPLY:
	case CIP_RESTORE:
	case CIP_SAVE:
		return family == FAMILY_MONITOR ? OPERATION_READ : set_operations(family);
	case CIP_RESET:
	case CIP_START:
	case CIP_STOP:
		return family == FAMILY_MONITOR ? OPERATION_NONE : OPERATION_CONTROL;
	default:
		break;
	}
	if (service < 0x4B || path->class_id == CIP_CONNECTION_MANAGER)
		return OPERATION_NONE;
	if (path_is_tag(path) || path->class_last == CIP_NO_CLASS)
		return tag_operations(service);
	return object_operations(service, family);
}

void cip_service_event(
	const struct cip_work *w, const struct cip_module *to, uint8_t service, const struct cip_path *path)
{
	const char *message;
	enum operation operation = OPERATION_CONTROL;
	if (service == CIP_RESET && path->class_last == CIP_IDENTITY) {
		message = "CIP Reset (0x05)";
	} else if (service == CIP_START) {
		message = "CIP Start (0x06)";
	} else if (service == CIP_STOP) {
		message = "CIP Stop (0x07)";
	} else if (service == 0x4B && path->class_last == 0xA1) {
		message = "CIP firmware update (0x4B, class 0xA1)";
		operation = OPERATION_PROGRAM;
	} else if (service == CIP_CREATE && path->class_last == 0x68) {
		message = "CIP create program (0x08, class 0x68)";
		operation = OPERATION_PROGRAM;
	} else {
		return;
	}
	if (class_family(path->class_last) == FAMILY_MONITOR)
		return; /* starts and stops a list of tags, not the process */
	struct statement s = cip_statement(w, to, message);
	observer_event(w->observer, &s, operation, NULL);
}
