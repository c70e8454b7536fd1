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
} formats[] = {
	{"json", export_json},
	{"csv", export_csv},
	{"svg", export_svg},
	{"dot", export_dot},
	{"graphml", export_graphml},
	{"mermaid", export_mermaid},
	{"cyclonedx", export_cyclonedx},
	{"stix", export_stix},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))
#define FORMAT_NAMES "json, csv, svg, dot, graphml, mermaid, cyclonedx or stix"

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
	int err = output_open(&out, path);
	if (err == 0)
		err = formats[format].write(out.stream, &l->conclusions, store_site(l->store));
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	if (err == 0)
		return EXIT_DONE;
	if (strcmp(path, "-") != 0)
		complain("export", "%s: %s; nothing was written", path, strerror(-err));
	else if (err != -EPIPE) /* the reader has seen enough */
		complain("export", "standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

int command_export(int argc, char **argv)
{
	const char *db = "earshot.db", *path = "-";
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'o', "output", "FILE", "where to write; '-' is standard output (-)", .text = &path},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"export", "FORMAT",
		"Write the inventory in a FORMAT for other programs: json (with every fact and its evidence), csv (one "
		"line an asset); or the map of zones and conduits: svg (a drawing by Purdue level), dot (Graphviz), graphml "
		"(Gephi, yEd, NetworkX), mermaid (for a page of a wiki).",
		rows, "The JSON is described by config/inventory.schema.json. A file appears when it is complete.\n",
		"  earshot export json --db plant.db -o plant.json\n"
		"  earshot export csv | column -s, -t | less -S\n"
		"  earshot export svg --db plant.db -o plant.svg\n"
		"  earshot export dot | dot -Tpdf -o plant.pdf\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind == argc) {
		complain("export", "name a format: " FORMAT_NAMES "; see 'earshot export --help'");
		return EXIT_USAGE;
	}
	size_t format = format_find(argv[optind]);
	if (format == FORMATS) {
		complain("export", "unknown format '%s': " FORMAT_NAMES, argv[optind]);
		return EXIT_USAGE;
	}
	if (optind + 1 < argc) {
		complain("export", "one format at a time; what is '%s'?", argv[optind + 1]);
		return EXIT_USAGE;
	}
	struct loaded loaded;
	code = loaded_open(&loaded, "export", db, &files);
	if (code == EXIT_DONE)
		code = write_output(format, path, &loaded);
	loaded_close(&loaded);
	return code;
}
