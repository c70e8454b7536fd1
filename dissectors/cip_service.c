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

/* By class; those that are not named here have attributes that are settings. */
static const uint8_t families[] = {
	[0x04] = FAMILY_DATA, /* assembly */
	[0x08] = FAMILY_DATA, /* discrete and analogue points and groups */
	[0x09] = FAMILY_DATA,
	[0x0A] = FAMILY_DATA,
	[0x0B] = FAMILY_DATA,
	[0x0F] = FAMILY_DATA, /* parameter */
	[0x1D] = FAMILY_DATA,
	[0x1E] = FAMILY_DATA,
	[0x1F] = FAMILY_DATA,
	[0x20] = FAMILY_DATA,
	[0x21] = FAMILY_DATA,
	[0x22] = FAMILY_DATA,
	[0x28] = FAMILY_DATA, /* motor data, control supervisor, drive */
	[0x29] = FAMILY_DATA,
	[0x2A] = FAMILY_DATA,
	[CIP_FILE] = FAMILY_FILE,
	[0x68] = FAMILY_PROGRAM, /* program */
	[0x69] = FAMILY_PROGRAM,
	[0x6A] = FAMILY_PROGRAM,
	[CIP_SYMBOL] = FAMILY_PROGRAM,
	[0x6C] = FAMILY_PROGRAM, /* template */
	[0x6D] = FAMILY_PROGRAM, /* routine */
	[0x6E] = FAMILY_PROGRAM,
	[0x70] = FAMILY_PROGRAM, /* task */
	[0x72] = FAMILY_MONITOR,
	[0xA1] = FAMILY_FIRMWARE,
	[0xB2] = FAMILY_MONITOR,
};

static enum family class_family(uint16_t class_id)
{
	return class_id < sizeof(families) ? families[class_id] : FAMILY_SETTINGS;
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

/* Services that mean the same in every class. */
static unsigned common_operations(uint8_t service, enum family family)
{
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
		return OPERATION_NONE;
	}
}

unsigned cip_service_operations(uint8_t service, const struct cip_path *path)
{
	if (service < CIP_EXECUTE_PCCC)
		return common_operations(service, class_family(path->class_last));
	if (path->class_id == CIP_CONNECTION_MANAGER)
		return OPERATION_NONE;
	if (cip_path_is_tag(path) || path->class_last == CIP_NO_CLASS)
		return tag_operations(service);
	return object_operations(service, class_family(path->class_last));
}

/* The message kind of a service that matters by itself on this class, NULL for any other. */
static const char *event_message(uint8_t service, uint16_t class_id)
{
	switch (service) {
	case CIP_RESET:
		return class_id == CIP_IDENTITY ? "CIP Reset (0x05)" : NULL;
	case CIP_START:
		return "CIP Start (0x06)";
	case CIP_STOP:
		return "CIP Stop (0x07)";
	case CIP_CREATE:
		return class_id == 0x68 ? "CIP create program (0x08, class 0x68)" : NULL;
	case 0x4B:
		return class_id == 0xA1 ? "CIP firmware update (0x4B, class 0xA1)" : NULL;
	default:
		return NULL;
	}
}

void cip_service_event(
	const struct cip_work *w, const struct cip_module *to, uint8_t service, const struct cip_path *path)
{
	const char *message = event_message(service, path->class_last);
	if (message == NULL || class_family(path->class_last) == FAMILY_MONITOR)
		return; /* the latter starts and stops a list of tags, not the process */
	struct statement s = cip_statement(w, to, message);
	bool control = service == CIP_RESET || service == CIP_START || service == CIP_STOP;
	observer_event(w->observer, &s, control ? OPERATION_CONTROL : OPERATION_PROGRAM, NULL);
}
