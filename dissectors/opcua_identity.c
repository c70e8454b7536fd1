/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opcua_identity.c - who OPC UA applications say they are (OPC 10000-4, 7.2 ApplicationDescription,
 * 7.14 EndpointDescription, 5.4 discovery, 5.6.2 CreateSession; OPC 10000-5, 12.4 BuildInfo).
 *
 *	ApplicationDescription: uri, product uri, name, type 32, gateway uri, profile uri, discovery urls
 *	EndpointDescription:    url, ApplicationDescription, certificate, mode 32, policy uri, tokens, uri, level 8
 *	BuildInfo:              product uri, manufacturer, product, software version, build number, date 64
 *
 * A discovery server lists others, too. What it says of them is theirs when they can be found by their
 * address, and less sure.
 */
#include <stdio.h>
#include <string.h>

#include "certificate.h"
#include "opcua.h"

enum { EXTENSION_BUILD_INFO = 340, EXTENSION_SERVER_STATUS = 864, ATTRIBUTE_ID_VALUE = 13 };
enum { APPLICATION_CLIENT = 1, APPLICATION_DISCOVERY = 3 };

/* Nodes of the Server object (OPC 10000-6, annex A). */
enum {
	NODE_SERVER_FIRST = 2253,
	NODE_BUILD_INFO = 2260,
	NODE_PRODUCT_NAME = 2261,
	NODE_PRODUCT_URI = 2262,
	NODE_MANUFACTURER = 2263,
	NODE_SOFTWARE_VERSION = 2264,
	NODE_SERVER_LAST = 2300
};

#define SECURITY_TEXT_MAX 96
#define HEARSAY 60 /* percent: said by a discovery server of somebody else */

struct application {
	struct cursor uri, product, name, url; /* url: the first of its discovery urls */
	uint32_t type;
};

static void text_report(struct opcua *d, enum attribute attribute, struct cursor text)
{
	observer_fact(d->observer, &d->about, attribute, text.at, cursor_left(&text));
}

static bool application_read(struct cursor *c, struct application *a)
{
	a->uri = opcua_string(c);
	a->product = opcua_string(c);
	a->name = opcua_localized_text(c);
	a->type = cursor_le32(c);
	opcua_string(c);
	opcua_string(c);
	a->url = cursor_over(c->at, 0);
	for (uint32_t n = opcua_count(c); n > 0 && cursor_ok(c); n--) {
		struct cursor url = opcua_string(c);
		if (cursor_left(&a->url) == 0)
			a->url = url;
	}
	return cursor_ok(c) && a->type <= APPLICATION_DISCOVERY;
}

static void type_report(struct opcua *d, uint32_t type)
{
	static const char *const types[] = {
		"OPC UA server", "OPC UA client", "OPC UA client and server", "OPC UA discovery server"};
	if (type <= APPLICATION_DISCOVERY)
		observer_fact_coded(d->observer, &d->about, ATTRIBUTE_PROFILE, types[type], type);
}

static void application_report(struct opcua *d, const struct application *a)
{
	text_report(d, ATTRIBUTE_APPLICATION_URI, a->uri);
	text_report(d, ATTRIBUTE_PRODUCT_URI, a->product);
	text_report(d, ATTRIBUTE_APPLICATION_NAME, a->name);
	type_report(d, a->type);
}

void opcua_certificate_report(struct opcua *d, const char *message, struct cursor certificate)
{
	char text[CERTIFICATE_SUBJECT_MAX];
	struct statement s = d->about;
	s.message = message;
	if (cursor_left(&certificate) > 0 && certificate_subject(certificate, text))
		observer_fact_string(d->observer, &s, ATTRIBUTE_CERTIFICATE_SUBJECT, text);
}

/* "SignAndEncrypt, Basic256Sha256": what one may connect with. */
static void security_report(struct opcua *d, uint32_t mode, struct cursor policy)
{
	static const char *const modes[] = {"", "None", "Sign", "SignAndEncrypt"};
	char text[SECURITY_TEXT_MAX];
	const uint8_t *hash = cursor_left(&policy) > 0 ? memchr(policy.at, '#', cursor_left(&policy)) : NULL;
	if (mode == 0 || mode > 3 || hash == NULL)
		return;
	int len = (int)(policy.end - hash - 1);
	if (len < 1 || len > SECURITY_TEXT_MAX / 2)
		return;
	snprintf(text, sizeof(text), "%s, %.*s", modes[mode], len, (const char *)hash + 1);
	observer_fact_string(d->observer, &d->about, ATTRIBUTE_SECURITY, mode == 1 ? "None" : text);
}

/* An array of EndpointDescription. Their certificate is the same as a rule: it is told when it changes. */
static bool endpoints_read(struct opcua *d, struct cursor *c)
{
	struct cursor last = cursor_over(c->at, 0);
	d->about.message = "EndpointDescription"; /* whoever asked for it, and how */
	for (uint32_t n = opcua_count(c); n > 0; n--) {
		struct application a;
		struct cursor url = opcua_string(c);
		if (!application_read(c, &a))
			return false;
		struct cursor certificate = opcua_string(c);
		uint32_t mode = cursor_le32(c);
		struct cursor policy = opcua_string(c);
		for (uint32_t tokens = opcua_count(c); tokens > 0 && cursor_ok(c); tokens--) {
			opcua_string(c);
			cursor_skip(c, 4);
			for (unsigned i = 0; i < 3; i++)
				opcua_string(c);
		}
		opcua_string(c);
		cursor_skip(c, 1);
		if (!cursor_ok(c))
			return false;
		application_report(d, &a);
		text_report(d, ATTRIBUTE_URL, url);
		security_report(d, mode, policy);
		size_t len = cursor_left(&certificate);
		if (len != cursor_left(&last) || (len > 0 && memcmp(certificate.at, last.at, len) != 0))
			opcua_certificate_report(d, d->about.message, certificate);
		last = certificate;
	}
	return true;
}

bool opcua_endpoints_response(struct opcua *d, struct cursor c)
{
	return endpoints_read(d, &c);
}

bool opcua_create_session_request(struct opcua *d, struct cursor c)
{
	struct application a;
	d->about.message = "CreateSessionRequest";
	if (!application_read(&c, &a))
		return false;
	for (unsigned i = 0; i < 4; i++) /* server uri, url, session name, nonce */
		opcua_string(&c);
	struct cursor certificate = opcua_string(&c);
	if (!cursor_ok(&c))
		return false;
	application_report(d, &a);
	opcua_certificate_report(d, d->about.message, certificate);
	return true;
}

bool opcua_create_session_response(struct opcua *d, struct cursor c)
{
	d->about.message = "CreateSessionResponse";
	opcua_node_id(&c);
	opcua_node_id(&c); /* the authentication token: whoever has it has the session */
	cursor_skip(&c, 8);
	opcua_string(&c);
	struct cursor certificate = opcua_string(&c);
	if (!cursor_ok(&c))
		return false;
	opcua_certificate_report(d, d->about.message, certificate);
	return endpoints_read(d, &c);
}

/* The IPv4 address in "opc.tcp://10.0.0.9:4840/path"; false when there is a name. */
static bool url_address(struct cursor url, struct address *address)
{
	uint8_t ip[4] = {0};
	const uint8_t *slashes = cursor_left(&url) > 2 ? memchr(url.at, '/', cursor_left(&url) - 2) : NULL;
	if (slashes == NULL || slashes[1] != '/')
		return false;
	url.at = slashes + 2;
	for (unsigned i = 0; i < 4; i++) {
		unsigned number = 0, digits = 0;
		for (; digits < 3 && cursor_peek(&url) >= '0' && cursor_peek(&url) <= '9'; digits++)
			number = number * 10 + (cursor_u8(&url) - (unsigned)'0');
		if (digits == 0 || number > 255 || (i < 3 && cursor_u8(&url) != '.'))
			return false;
		ip[i] = (uint8_t)number;
	}
	if (cursor_left(&url) > 0 && cursor_peek(&url) != ':' && cursor_peek(&url) != '/')
		return false;
	*address = address_make(ADDRESS_IPV4, ip);
	return ip[0] != 0 && ip[0] != 127 && ip[0] < 224;
}

bool opcua_find_servers_response(struct opcua *d, struct cursor c)
{
	const struct statement sender = d->about;
	uint32_t count = opcua_count(&c);
	bool good = true;
	for (uint32_t n = count; n > 0 && good; n--) {
		struct application a;
		good = application_read(&c, &a);
		if (!good)
			break;
		d->about.message = "FindServersResponse";
		if (count > 1 && a.type != APPLICATION_DISCOVERY) {
			d->about.subject = SUBJECT_ADDRESS;
			d->about.confidence = HEARSAY;
			if (!url_address(a.url, &d->about.address))
				continue;
		}
		application_report(d, &a);
		d->about = sender;
	}
	d->about = sender;
	return good;
}

/* A server that makes itself known to a discovery server: uri, product, names, type. */
bool opcua_register_request(struct opcua *d, struct cursor c)
{
	d->about.message = "RegisterServerRequest";
	struct cursor uri = opcua_string(&c), product = opcua_string(&c), name = cursor_over(c.at, 0);
	for (uint32_t n = opcua_count(&c); n > 0 && cursor_ok(&c); n--) {
		struct cursor text = opcua_localized_text(&c);
		if (cursor_left(&name) == 0)
			name = text;
	}
	uint32_t type = cursor_le32(&c);
	opcua_string(&c);
	opcua_strings_skip(&c);
	if (!cursor_ok(&c) || type > APPLICATION_DISCOVERY)
		return false;
	text_report(d, ATTRIBUTE_APPLICATION_URI, uri);
	text_report(d, ATTRIBUTE_PRODUCT_URI, product);
	text_report(d, ATTRIBUTE_APPLICATION_NAME, name);
	type_report(d, type);
	return true;
}

/* What is read: | age 64 | times 32 | ( NodeId | attribute 32 | range | encoding: namespace 16, name ) ... */
bool opcua_read_request(struct cursor c, struct opcua_request *request, bool *identity)
{
	cursor_skip(&c, 12);
	*identity = true;
	request->node_count = 0;
	uint32_t count = opcua_count(&c);
	for (uint32_t i = 0; i < count && cursor_ok(&c); i++) {
		uint32_t node = opcua_node_id(&c);
		uint32_t attribute = cursor_le32(&c);
		opcua_string(&c);
		cursor_skip(&c, 2);
		opcua_string(&c);
		*identity = *identity && node >= NODE_SERVER_FIRST && node <= NODE_SERVER_LAST;
		if (!cursor_ok(&c) || node < NODE_PRODUCT_NAME || node > NODE_SOFTWARE_VERSION ||
			attribute != ATTRIBUTE_ID_VALUE || i > UINT16_MAX ||
			request->node_count == OPCUA_READ_NODES_MAX)
			continue;
		request->nodes[request->node_count].place = (uint16_t)i;
		request->nodes[request->node_count++].node = (uint16_t)node;
	}
	*identity = *identity && count > 0;
	return cursor_ok(&c);
}

static bool build_info_report(struct opcua *d, struct cursor c)
{
	struct cursor uri = opcua_string(&c), vendor = opcua_string(&c), product = opcua_string(&c);
	struct cursor version = opcua_string(&c);
	opcua_string(&c);
	cursor_skip(&c, 8);
	if (!cursor_ok(&c))
		return false;
	text_report(d, ATTRIBUTE_PRODUCT_URI, uri);
	text_report(d, ATTRIBUTE_VENDOR, vendor);
	text_report(d, ATTRIBUTE_MODEL, product);
	text_report(d, ATTRIBUTE_SOFTWARE_VERSION, version);
	return true;
}

static void node_report(struct opcua *d, unsigned node, struct cursor text)
{
	static const enum attribute attributes[] = {
		ATTRIBUTE_MODEL, ATTRIBUTE_PRODUCT_URI, ATTRIBUTE_VENDOR, ATTRIBUTE_SOFTWARE_VERSION};
	if (node >= NODE_PRODUCT_NAME && node <= NODE_SOFTWARE_VERSION)
		text_report(d, attributes[node - NODE_PRODUCT_NAME], text);
}

bool opcua_read_response(struct opcua *d, struct cursor c, const struct opcua_request *request)
{
	d->about.message = "Read of BuildInfo";
	uint32_t count = opcua_count(&c);
	for (uint32_t i = 0; i < count; i++) {
		struct opcua_value value;
		if (!opcua_data_value(&c, &value))
			return cursor_ok(&c); /* values within values: the rest is out of reach */
		if (value.bad || value.array)
			continue;
		struct cursor content = value.content;
		if (value.type == OPCUA_EXTENSION && value.extension == EXTENSION_SERVER_STATUS)
			cursor_skip(&content, 20); /* start, now, state; then BuildInfo */
		if (value.type == OPCUA_EXTENSION &&
			(value.extension == EXTENSION_SERVER_STATUS || value.extension == EXTENSION_BUILD_INFO) &&
			!build_info_report(d, content))
			return false;
		for (unsigned n = 0; value.type == OPCUA_STRING && n < request->node_count; n++)
			if (request->nodes[n].place == i)
				node_report(d, request->nodes[n].node, content);
	}
	return true;
}
