/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the names of protocols and attributes, from the lists in the seam. */
#include "earshot/attribute.h"
#include "earshot/protocol.h"

const char *protocol_name(enum protocol protocol)
{
	static const char *const names[] = {
#define X(id, name) name,
	    PROTOCOL_LIST(X)
#undef X
	};
	return (unsigned)protocol < PROTOCOLS ? names[protocol] : "";
}

const char *attribute_name(enum attribute attribute)
{
	static const char *const names[] = {
#define X(id, name) name,
	    ATTRIBUTE_LIST(X)
#undef X
	};
	return (unsigned)attribute < ATTRIBUTES ? names[attribute] : "";
}
