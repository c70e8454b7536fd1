/* SPDX-License-Identifier: Apache-2.0 */
/* cyclonedx.c - the document of a CycloneDX bill of materials; what stands where is in cyclonedx.h. */
#include "sensor/export/cyclonedx.h"

#include <errno.h>
#include <string.h>

#include "sensor/export/export.h"
#include "sensor/export/uuid.h"
#include "sensor/util/text.h"

static cJSON *metadata_element(struct bom *b, const char *site, const char *spec)
{
	struct element_writer *w = &b->writer;
	char time[TIME_TEXT_MAX];
	cJSON *o = element_new(w);
	element_text_copy(w, o, "timestamp", time_text(time, origin_window_end(b->c->inventory)));
	element_text(w, element_object(w, element_array(w, o, "lifecycles"), NULL), "phase", "discovery");
	cJSON *tool = element_object(w, element_array(w, element_object(w, o, "tools"), "components"), NULL);
	element_text(w, tool, "type", "application");
	element_text(w, tool, "name", "earshot");
	element_text(w, tool, "version", EARSHOT_VERSION);
	cJSON *subject = element_object(w, o, "component");
	element_text(w, subject, "type", "platform");
	element_text(w, subject, "bom-ref", "site");
	element_text(w, subject, "name", site != NULL && *site != 0 ? site : "site");
	if (strcmp(spec, "1.7") == 0)
		element_text(w, element_object(w, o, "distributionConstraints"), "tlp", "AMBER");
	cJSON *properties = element_array(w, o, "properties");
	for (uint32_t i = 0; i < b->captures.count; i++) {
		const struct capture *c = &b->c->inventory->captures[order_row(&b->captures, i)];
		char text[ORIGIN_TEXT_MAX];
		snprintf(text, sizeof(text), "%u %s%s%s", (unsigned)i + 1, c->name, c->sha256[0] != 0 ? " sha256 " : "",
			c->sha256);
		bom_property(b, properties, "earshot:capture", text);
	}
	return o;
}

/* The services that the client of links[*at] used; moves *at to the next client. NULL: none of them answered. */
static cJSON *dependency_element(struct bom *b, size_t *at)
{
	struct element_writer *w = &b->writer;
	const struct conclusions *c = b->c;
	uint32_t client = c->links[*at].client, last = BOM_SERVICE_NONE;
	char text[BOM_REF_MAX];
	cJSON *o = NULL, *list = NULL;
	/* Links of a client come in the order of services, so that the same one stands side by side. */
	for (; *at < c->link_count && c->links[*at].client == client; ++*at) {
		uint32_t service = b->service_of[*at];
		if (service == BOM_SERVICE_NONE || service == last || c->links[*at].server == client)
			continue;
		if (o == NULL) {
			o = element_new(w);
			snprintf(text, sizeof(text), "asset-%s", c->assets[client].id);
			element_text_copy(w, o, "ref", text);
			list = element_array(w, o, "dependsOn");
		}
		element_text_copy(w, list, NULL, bom_service_ref(text, b, service));
		last = service;
	}
	return o;
}

static void next_element(struct bom *b, bool *first, cJSON *element)
{
	fputs(*first ? "\n    " : ",\n    ", b->writer.out);
	*first = false;
	element_write(&b->writer, element);
}

static void write_lists(struct bom *b)
{
	FILE *out = b->writer.out;
	bool first = true;
	fputs(",\n  \"components\": [", out);
	for (uint32_t i = 0; i < b->c->asset_count && b->writer.err == 0; i++)
		if (b->c->assets[i].parent == ASSET_NONE)
			next_element(b, &first, bom_device(b, i));
	fputs("\n  ],\n  \"services\": [", out);
	first = true;
	for (uint32_t i = 0; i < b->service_count && b->writer.err == 0; i++)
		next_element(b, &first, bom_service(b, i));
	fputs("\n  ],\n  \"dependencies\": [", out);
	first = true;
	for (size_t at = 0; at < b->c->link_count && b->writer.err == 0;) {
		cJSON *element = dependency_element(b, &at);
		if (element != NULL)
			next_element(b, &first, element);
	}
	fputs("\n  ],\n  \"compositions\": "
	      "[{\"aggregate\":\"unknown\",\"assemblies\":[\"site\"],\"dependencies\":[\"site\"]}]",
		out);
}

static void write_document(
	struct bom *b, struct sealed *sealed, struct uuids *uuids, const char *site, const char *spec)
{
	char uuid[UUID_TEXT_MAX];
	FILE *out = b->writer.out;
	fprintf(out,
		"{\n  \"$schema\": \"http://cyclonedx.org/schema/bom-%s.schema.json\",\n  \"bomFormat\": "
		"\"CycloneDX\",\n"
		"  \"specVersion\": \"%s\",\n  \"version\": 1,\n  \"metadata\": ",
		spec, spec);
	element_write(&b->writer, metadata_element(b, site, spec));
	write_lists(b);
	fprintf(out, ",\n  \"serialNumber\": \"urn:uuid:%s\"\n}\n", sealed_uuid(sealed, uuids, uuid));
}

static int export_spec(FILE *out, const struct conclusions *c, const char *site, const char *spec)
{
	struct bom b = {.c = c};
	struct sealed sealed = {0};
	struct uuids uuids;
	int err = uuids_open(&uuids);
	if (err == 0)
		err = sealed_open(&sealed, out);
	if (err == 0)
		err = order_captures(&b.captures, c->inventory);
	if (err == 0)
		err = bom_services_make(&b);
	if (err == 0) {
		b.writer.out = sealed.stream;
		write_document(&b, &sealed, &uuids, site, spec);
		err = b.writer.err != 0 ? b.writer.err : uuids.err;
	}
	int closed = sealed_close(&sealed);
	bom_services_clear(&b);
	order_clear(&b.captures);
	uuids_close(&uuids);
	return err != 0 ? err : closed;
}

int export_cyclonedx(FILE *out, const struct conclusions *c, const char *site)
{
	return export_spec(out, c, site, "1.6");
}

int export_cyclonedx_1_7(FILE *out, const struct conclusions *c, const char *site)
{
	return export_spec(out, c, site, "1.7");
}
