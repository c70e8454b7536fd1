/* SPDX-License-Identifier: Apache-2.0 */
/* sensor.c - 16_sensor.md: what a reviewer must know about the instrument. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/pack/parts.h"

/* The makers of network cards; what is not installed is not used either. */
static const char *const oui_files[] = {"/usr/share/ieee-data/oui.csv", "/usr/share/ieee-data/mam.csv",
	"/usr/share/ieee-data/oui36.csv", "/usr/share/ieee-data/iab.csv"};

/* A file that is not there is left out: then it was not used. */
static int hash_one(struct pack *p, const char *path, const char *name)
{
	struct pack_source *source = &p->knowledge[p->knowledge_count];
	uint64_t bytes;
	if (p->knowledge_count == PACK_SOURCES_MAX)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	int err = fd >= 0 ? digest_file(fd, UINT64_MAX, source->sha256, &bytes) : -errno;
	if (fd >= 0)
		close(fd);
	if (err != 0) {
		snprintf(p->bundle.error, PACK_ERROR_MAX, "%.400s: %s", path, strerror(-err));
		return err;
	}
	snprintf(source->name, sizeof(source->name), "%s", name);
	p->knowledge_count++;
	return 0;
}

static int is_data(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".tsv") == 0);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int hash_folder(struct pack *p, const char *folder)
{
	char path[PATH_MAX], name[PACK_NAME_MAX + 1];
	struct dirent **entries = NULL;
	snprintf(path, sizeof(path), "%s/%s", p->in->knowledge, folder);
	int count = scandir(path, &entries, is_data, by_bytes), err = 0;
	if (count < 0 && errno != ENOENT) {
		err = -errno;
		snprintf(p->bundle.error, PACK_ERROR_MAX, "%.400s: %s", path, strerror(-err));
	}
	for (int i = 0; i < count; i++) {
		int room = snprintf(path, sizeof(path), "%s/%s/%s", p->in->knowledge, folder, entries[i]->d_name);
		snprintf(name, sizeof(name), "%s/%.80s", folder, entries[i]->d_name);
		if (err == 0 && room < (int)sizeof(path))
			err = hash_one(p, path, name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

int knowledge_hashes(struct pack *p)
{
	int err = hash_folder(p, "rules");
	if (err == 0)
		err = hash_folder(p, "vendors");
	for (size_t i = 0; i < sizeof(oui_files) / sizeof(oui_files[0]) && err == 0; i++)
		err = hash_one(p, oui_files[i], strrchr(oui_files[i], '/') + 1);
	return err;
}

/* Servers of time that were heard: what the clocks of the plant follow. */
static void put_time_servers(FILE *out, const struct conclusions *c)
{
	char label[FIELD_LABEL_MAX];
	size_t count = 0;
	for (uint32_t i = 0; i < c->asset_count; i++)
		for (uint32_t k = 0; k < c->assets[i].role_count; k++) {
			const struct role *r = &c->assets[i].roles[k];
			bool time = strcmp(r->protocol, "ntp") == 0 || strcmp(r->protocol, "ptp") == 0;
			if (!time || strcmp(r->role, "client") == 0 || count++ >= FIELD_LIST_MAX)
				continue;
			fprintf(out, "- %s answered by ", r->protocol);
			paper_put(out, field_label(label, c, i));
			fputc('\n', out);
		}
	if (count > FIELD_LIST_MAX)
		fprintf(out, "- and %zu more\n", count - FIELD_LIST_MAX);
	if (count == 0)
		fputs("- none\n", out);
}

static void put_transmit(FILE *out, const struct inventory *inv)
{
	uint32_t live = 0;
	for (uint32_t i = 0; i < inv->capture_count; i++)
		live += inv->captures[i].live_ns != 0;
	fprintf(out,
		"\n## It does not transmit\n\n"
		"%u of the %u captures were heard live, the others are files.\n\n"
		"- Reading files opens no network socket.\n"
		"- Listening opens packet sockets to receive; before the first packet `earshot watch` gives up its\n"
		"  privileges and has the kernel end the process on any call that could send. `earshot status` says\n"
		"  whether this kernel had everything that it takes.\n"
		"- No name is looked up, nothing is updated, nothing is reported to anybody.\n"
		"- Payloads and credentials are not stored.\n\n"
		"That this is so at your installation (receive-only TAP or mirror port, no address on the capturing\n"
		"interface, transmit counter of the interface at 0): " PACK_BLANK "\n",
		live, inv->capture_count);
}

int pack_sensor(FILE *out, const struct pack *p)
{
	fputs("# The sensor\n\n## What it is made of\n\n```\n", out);
	p->in->versions(out);
	fputs("```\n\nThe program and its dissectors are of the version above. Conclusions (types, zones, findings) "
	      "were made\n"
	      "by it when this pack was made, from the facts in the store, with these rules and tables:\n\n"
	      "| file | SHA-256 |\n|---|---|\n",
		out);
	for (size_t i = 0; i < p->knowledge_count; i++) {
		fputs("| ", out);
		paper_put(out, p->knowledge[i].name);
		fprintf(out, " | %s |\n", p->knowledge[i].sha256);
	}
	for (size_t i = 0; i < p->manifest.declaration_count; i++) {
		fputs("| ", out);
		paper_put(out, p->manifest.declarations[i].name);
		fprintf(out, " (declared) | %s |\n", p->manifest.declarations[i].sha256);
	}
	put_transmit(out, p->c->inventory);
	fputs("\n## Its clock\n\n"
	      "All times are UTC and those that the capturing system gave to the packets. This pack has no other date "
	      "in\n"
	      "it: when it was made is for the sign-off form. Time servers heard in the captures:\n\n",
		out);
	put_time_servers(out, p->c);
	fputs("\nWhat the capturing system's clock follows, and its offset during the window: " PACK_BLANK "\n", out);
	return 0;
}
