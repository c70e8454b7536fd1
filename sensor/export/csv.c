/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - the assets as a table, RFC 4180: CRLF after each record, a header line, one asset a record.
 *
 * Several values in one field are separated by "; ". No field can be taken for a formula.
 */
#include "sensor/export/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

struct table_writer {
	FILE *out;
	size_t column;
};

static void put_field(struct table_writer *w, const char *text)
{
	if (w->column++ > 0)
		fputc(',', w->out);
	text_print_csv(w->out, text != NULL ? text : "");
}

static void end_record(struct table_writer *w)
{
	fputs("\r\n", w->out);
	w->column = 0;
}

/* One field made of many texts. */
struct list {
	FILE *out;
	char *text;
	size_t len;
};

/* Without memory the list has no stream, and list_put() says so. */
static struct list list_begin(void)
{
	struct list l = {0};
	l.out = open_memstream(&l.text, &l.len);
	return l;
}

static void list_add(struct list *l, const char *text)
{
	if (l->out == NULL || text == NULL || *text == 0)
		return;
	fprintf(l->out, "%s%s", ftell(l->out) > 0 ? "; " : "", text);
}

static int list_put(struct list *l, struct table_writer *w)
{
	bool failed = l->out == NULL || ferror(l->out) != 0;
	if (l->out != NULL && fclose(l->out) != 0)
		failed = true;
	put_field(w, failed ? "" : l->text);
	free(l->text);
	return failed ? -ENOMEM : 0;
}

static int put_texts(struct table_writer *w, const char *const *texts, size_t count)
{
	struct list l = list_begin();
	for (size_t i = 0; i < count; i++)
		list_add(&l, texts[i]);
	return list_put(&l, w);
}

static int put_addresses(struct table_writer *w, const struct asset *a)
{
	struct list macs = list_begin(), vendors = list_begin(), ips = list_begin(), vlans = list_begin(),
		    names = list_begin();
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		char vlan[8];
		list_add(&macs, n->mac);
		list_add(&vendors, n->mac_vendor);
		for (size_t k = 0; k < n->ip_count; k++)
			list_add(&ips, n->ips[k]);
		for (size_t k = 0; k < n->vlan_count; k++) {
			snprintf(vlan, sizeof(vlan), "%u", (unsigned)n->vlans[k]);
			list_add(&vlans, vlan);
		}
		for (size_t k = 0; k < n->hostname_count; k++)
			list_add(&names, n->hostnames[k]);
	}
	int err = 0;
	struct list *const lists[] = {&ips, &macs, &vendors, &vlans, &names};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		int result = list_put(lists[i], w);
		err = err != 0 ? err : result;
	}
	return err;
}

static int put_roles(struct table_writer *w, const struct asset *a)
{
	struct list l = list_begin();
	for (size_t i = 0; i < a->role_count; i++) {
		char text[80];
		const char *protocol = *a->roles[i].protocol != 0 ? a->roles[i].protocol : "unknown";
		snprintf(text, sizeof(text), "%s %s", protocol, a->roles[i].role);
		list_add(&l, text);
	}
	return list_put(&l, w);
}

static const char *const header[] = {"id", "parent", "at_kind", "at", "name", "vendor", "model", "order_number",
	"serial_number", "hardware_version", "firmware_version", "os", "type", "type_confidence", "flags",
	"purdue_level", "ips", "macs", "mac_vendors", "vlans", "hostnames", "roles", "conflicts", "first_seen",
	"last_seen", "site"};

static int put_conflicts(struct table_writer *w, const struct asset *a)
{
	struct list l = list_begin();
	for (size_t i = 0; i < a->conflict_count; i++)
		list_add(&l, a->conflicts[i].attribute);
	return list_put(&l, w);
}

static int put_asset(struct table_writer *w, const struct conclusions *c, const struct asset *a, const char *site)
{
	const char *const identity[] = {a->id, a->parent != ASSET_NONE ? c->assets[a->parent].id : NULL,
		path_kind_name(a->at.kind), a->at.text, a->name, a->vendor, a->model, a->order_number, a->serial_number,
		a->hardware_version, a->firmware_version, a->os, a->type};
	for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++)
		put_field(w, identity[i]);
	double value = a->type_confidence;
	unsigned hundredths = value >= 1 ? 100 : value > 0 ? (unsigned)(value * 100 + 0.5) : 0;
	char confidence[16], first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	snprintf(confidence, sizeof(confidence), "%u.%02u", hundredths / 100, hundredths % 100);
	put_field(w, confidence);
	int err = put_texts(w, a->flags, a->flag_count);
	put_field(w, a->purdue_level);
	if (err == 0)
		err = put_addresses(w, a);
	if (err == 0)
		err = put_roles(w, a);
	if (err == 0)
		err = put_conflicts(w, a);
	put_field(w, time_text(first, a->seen.first.time_ns));
	put_field(w, time_text(last, a->seen.last.time_ns));
	put_field(w, site);
	end_record(w);
	return err;
}

int export_csv(FILE *out, const struct conclusions *c, const char *site)
{
	struct table_writer w = {.out = out};
	int err = 0;
	errno = 0;
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		put_field(&w, header[i]);
	end_record(&w);
	for (size_t i = 0; i < c->asset_count && err == 0; i++)
		err = put_asset(&w, c, &c->assets[i], site);
	if (fflush(out) != 0 || ferror(out))
		return errno != 0 ? -errno : -EIO;
	return err;
}
