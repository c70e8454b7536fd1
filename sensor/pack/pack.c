/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.c - one file after the other, then the manifest of all of them, then the sign-off form with its hash.
 *
 * Numbers are the order in which a reviewer reads. 01_manifest.json and 14_signoff come last in time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

static const struct pack_writer writers[] = {
	{"00_README.md", pack_readme},
	{"02_assets.csv", pack_assets_csv},
	{"02_assets.json", pack_assets_json},
	{"03_evidence.jsonl", pack_evidence},
	{"04_zones.csv", pack_zones},
	{"05_conduits.csv", pack_conduits},
	{"06_flows.csv", pack_flows},
	{"07_drawings/drawings.csv", pack_drawings},
	{"07_drawings/overview.svg", pack_map},
	{"08_coverage.md", pack_coverage},
	{"09_changes.csv", pack_changes},
	{"10_reconciliation.csv", pack_reconciliation},
	{"11_policy_findings.csv", pack_findings},
	{"12_config_baseline.csv", pack_configuration},
	{"13_open_items.csv", pack_open_items},
	{"15_trace.csv", pack_trace},
	{"16_sensor.md", pack_sensor},
};

static int no_memory(struct pack *p)
{
	snprintf(p->bundle.error, PACK_ERROR_MAX, "%s", strerror(ENOMEM));
	return -ENOMEM;
}

/* From the first packet of any capture to the last of any. */
static int set_window(struct pack *p)
{
	const struct inventory *inv = p->c->inventory;
	int64_t first = 0, last = 0;
	char text[TIME_TEXT_MAX];
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		const struct capture *k = &inv->captures[i];
		if (k->first_ns != 0 && (first == 0 || k->first_ns < first))
			first = k->first_ns;
		if (k->last_ns > last)
			last = k->last_ns;
		p->manifest.packets += k->packets;
	}
	p->manifest.captures = inv->capture_count;
	p->manifest.first = strdup(time_text(text, first));
	p->manifest.last = strdup(time_text(text, last));
	return p->manifest.first != NULL && p->manifest.last != NULL ? 0 : no_memory(p);
}

static int hash_source(struct pack *p, struct pack_source *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = fd >= 0 ? digest_file(fd, UINT64_MAX, out->sha256, &bytes) : -errno;
	if (fd >= 0)
		close(fd);
	snprintf(out->name, sizeof(out->name), "%s", slash != NULL ? slash + 1 : path);
	if (err != 0)
		snprintf(p->bundle.error, PACK_ERROR_MAX, "%s: %s", path, strerror(-err));
	return err;
}

static int hash_declarations(struct pack *p)
{
	const struct declarations *d = p->c->declarations;
	const char *const files[] = {d != NULL ? d->zones_file : NULL, d != NULL ? d->register_file : NULL};
	int err = 0;
	for (size_t i = 0; i < 2 && err == 0; i++)
		if (files[i] != NULL)
			err = hash_source(p, &p->manifest.declarations[p->manifest.declaration_count++], files[i]);
	return err;
}

/* Which conduit each link belongs to, for 06_flows.csv. */
static int set_conduits(struct pack *p)
{
	const struct conclusions *c = p->c;
	p->conduit_of = malloc((c->link_count + 1) * sizeof(*p->conduit_of));
	if (p->conduit_of == NULL)
		return no_memory(p);
	for (size_t i = 0; i < c->link_count; i++)
		p->conduit_of[i] = CONDUIT_NONE;
	for (size_t i = 0; i < c->conduit_count; i++)
		for (uint32_t k = 0; k < c->conduits[i].channel_count; k++) {
			const struct channel *channel = &c->conduits[i].channels[k];
			for (uint32_t l = 0; l < channel->link_count; l++)
				p->conduit_of[channel->links[l]] = (uint32_t)i;
		}
	return 0;
}

static int set_previous(struct pack *p)
{
	char *site = NULL;
	if (p->in->previous == NULL)
		return 0;
	if (pack_manifest_sha256(p->in->previous, &site, p->manifest.previous, p->bundle.error) != 0)
		return PACK_EPREVIOUS;
	bool same = strcmp(site, p->manifest.site) == 0;
	if (!same)
		snprintf(p->bundle.error, PACK_ERROR_MAX, "%s: is of site '%.100s', this pack of '%.100s'",
			p->in->previous, site, p->manifest.site);
	free(site);
	return same ? 0 : PACK_EPREVIOUS;
}

static int prepare(struct pack *p)
{
	struct manifest *m = &p->manifest;
	m->site = strdup(p->in->site != NULL ? p->in->site : "");
	m->version = strdup(EARSHOT_VERSION);
	if (m->site == NULL || m->version == NULL)
		return no_memory(p);
	if (p->in->baseline != NULL) {
		m->baseline = strdup(p->in->baseline);
		if (m->baseline == NULL)
			return no_memory(p);
		snprintf(m->baseline_sha256, sizeof(m->baseline_sha256), "%s", p->in->baseline_sha256);
	}
	if (order_captures(&p->captures, p->c->inventory) != 0 || coverage_make(&p->coverage, p->c) != 0)
		return no_memory(p);
	int err = set_window(p);
	if (err == 0)
		err = set_previous(p);
	if (err == 0)
		err = hash_declarations(p);
	if (err == 0)
		err = knowledge_hashes(p);
	return err == 0 ? set_conduits(p) : err;
}

static int write_file(struct pack *p, const struct pack_writer *writer)
{
	int err = bundle_begin(&p->bundle, writer->name);
	return err == 0 ? bundle_end(&p->bundle, writer->write(p->bundle.stream, p)) : err;
}

static int put_manifest(FILE *out, const struct pack *p)
{
	return manifest_write(out, &p->manifest);
}

static int put_signoff_json(FILE *out, const struct pack *p)
{
	return signoff_json(out, &p->manifest, p->manifest_sha256);
}

static int put_signoff_text(FILE *out, const struct pack *p)
{
	return signoff_text(out, &p->manifest, p->manifest_sha256);
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct pack_file *)a)->name, ((const struct pack_file *)b)->name);
}

static int write_files(struct pack *p)
{
	static const struct pack_writer last[] = {
		{PACK_MANIFEST, put_manifest}, {SIGNOFF_JSON, put_signoff_json}, {SIGNOFF_TEXT, put_signoff_text}};
	struct bundle *b = &p->bundle;
	struct manifest *m = &p->manifest;
	int err = 0;
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]) && err == 0; i++)
		err = write_file(p, &writers[i]);
	if (err != 0)
		return err;
	m->file_count = b->file_count;
	memcpy(m->files, b->files, b->file_count * sizeof(b->files[0]));
	qsort(m->files, m->file_count, sizeof(m->files[0]), compare_files);
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]) && err == 0; i++) {
		err = write_file(p, &last[i]);
		if (i == 0)
			memcpy(p->manifest_sha256, b->files[b->file_count - 1].sha256, sizeof(p->manifest_sha256));
	}
	return err;
}

int pack_write(const char *folder, const struct pack_input *in, char error[PACK_ERROR_MAX])
{
	struct pack *p = calloc(1, sizeof(*p));
	if (p == NULL) {
		snprintf(error, PACK_ERROR_MAX, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	p->in = in;
	p->c = in->conclusions;
	p->bundle = (struct bundle){.fd = -1, .error = error};
	int err = prepare(p);
	if (err == 0)
		err = bundle_open(&p->bundle, folder);
	if (err == 0)
		err = write_files(p);
	if (err == 0)
		err = bundle_finish(&p->bundle);
	bundle_close(&p->bundle);
	order_clear(&p->captures);
	coverage_clear(&p->coverage);
	manifest_clear(&p->manifest);
	free(p->conduit_of);
	free(p);
	return err;
}
