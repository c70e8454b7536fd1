/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - the inventory in the formats of other programs. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/export/export.h"
#include "sensor/util/output.h"

static const struct {
	const char *name;
	int (*write)(FILE *out, const struct conclusions *c, const char *site);
	int (*write_folder)(const char *folder, const struct conclusions *c, const char *site); /* of several files */
} formats[] = {
	{"json", export_json, NULL},
	{"csv", export_csv, NULL},
	{"svg", export_svg, NULL},
	{"dot", export_dot, NULL},
	{"graphml", export_graphml, NULL},
	{"mermaid", export_mermaid, NULL},
	{"cyclonedx", export_cyclonedx, NULL},
	{"cyclonedx-1.7", export_cyclonedx_1_7, NULL}, /* what --spec 1.7 stands for */
	{"stix", export_stix, NULL},
	{"ndjson", export_ndjson, NULL},
	{"csv-set", NULL, export_csv_set},
	{"netbox", NULL, export_netbox},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))
#define FORMAT_NAMES "json, csv, svg, dot, graphml, mermaid, cyclonedx, stix, ndjson, csv-set or netbox"

static size_t format_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return i;
	return FORMATS;
}

static int write_output(size_t format, const char *path, const struct loaded *l)
{
	struct output out;
	int err;
	if (formats[format].write_folder != NULL) {
		err = formats[format].write_folder(path, &l->conclusions, store_site(l->store));
		return output_ended("export", path, err);
	}
	err = output_open(&out, path);
	if (err == 0)
		err = formats[format].write(out.stream, &l->conclusions, store_site(l->store));
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	return output_ended("export", path, err);
}

/* The format that is meant; FORMATS after one line on standard error. */
static size_t format_asked(const char *name, const char *spec)
{
	size_t format = format_find(name);
	if (format == FORMATS) {
		complain("export", "unknown format '%s': " FORMAT_NAMES, name);
		return FORMATS;
	}
	if (spec == NULL || (strcmp(name, "cyclonedx") == 0 && strcmp(spec, "1.6") == 0))
		return format;
	if (strcmp(name, "cyclonedx") == 0 && strcmp(spec, "1.7") == 0)
		return format_find("cyclonedx-1.7");
	complain("export", "--spec is 1.6 or 1.7, and only of cyclonedx; what is '%s' of %s?", spec, name);
	return FORMATS;
}

int command_export(int argc, char **argv)
{
	const char *db = "earshot.db", *path = "-", *spec = NULL;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'o', "output", "FILE", "where to write; '-' is standard output (-)", .text = &path},
		{0, "spec", "VERSION", "of cyclonedx: 1.6 or 1.7 (1.6)", .text = &spec},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"export", "FORMAT",
		"Write the inventory in a FORMAT for other programs: json (with every fact and its evidence), csv (one "
		"line an asset), csv-set (assets, links, zones, conduits and facts, a file each), ndjson (one fact a "
		"line, for data lakes), netbox (files for the bulk import of NetBox 4.2 and later), cyclonedx (a bill "
		"of "
		"materials, with the frame behind every identity), stix (a STIX 2.1 bundle); or the map of "
		"zones and conduits: svg (a drawing by Purdue level), dot (Graphviz), graphml "
		"(Gephi, yEd, NetworkX), mermaid (for a page of a wiki).",
		rows,
		"The JSON is described by config/inventory.schema.json. A file appears when it is complete.\n"
		"csv-set and netbox write several files: -o names a folder, which is made when it is not there.\n",
		"  earshot export json --db plant.db -o plant.json\n"
		"  earshot export csv | column -s, -t | less -S\n"
		"  earshot export svg --db plant.db -o plant.svg\n"
		"  earshot export netbox --db plant.db -o plant-netbox\n"
		"  earshot export csv-set --db plant.db -o plant-csv\n"
		"  earshot export ndjson --db plant.db | jq -c 'select(.attribute == \"firmware_version\")'\n"
		"  earshot export dot | dot -Tpdf -o plant.pdf\n"
		"  earshot export cyclonedx --spec 1.7 -o plant.cdx.json\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind == argc) {
		complain("export", "name a format: " FORMAT_NAMES "; see 'earshot export --help'");
		return EXIT_USAGE;
	}
	size_t format = format_asked(argv[optind], spec);
	if (format == FORMATS)
		return EXIT_USAGE;
	if (optind + 1 < argc) {
		complain("export", "one format at a time; what is '%s'?", argv[optind + 1]);
		return EXIT_USAGE;
	}
	if (formats[format].write_folder != NULL && strcmp(path, "-") == 0) {
		complain("export", "%s is several files: name a folder for them, -o DIR", formats[format].name);
		return EXIT_USAGE;
	}
	struct loaded loaded;
	code = loaded_open(&loaded, "export", db, &files);
	if (code == EXIT_DONE)
		code = write_output(format, path, &loaded);
	loaded_close(&loaded);
	return code;
}
