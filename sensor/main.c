/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the command table, nothing more. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "sensor/command/command.h"
#include "sensor/command/version.h"
#include "sensor/util/memory.h"

static const struct {
	const char *verb;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
    {"read", command_read, "analyse capture files into the store"},
    {"show", command_show, "print assets, links, zones, conduits, findings, facts, captures or coverage"},
    {"watch", command_watch, "listen on a SPAN port or TAP"},
    {"status", command_status, "say how a running watch is"},
    {"doctor", command_doctor, "say whether a mirror port is right"},
    {"export", command_export, "write the inventory for other programs: JSON, CSV, CycloneDX, STIX, NetBox, maps"},
    {"report", command_report, "write one page to look at: assets, map, conduits, findings, evidence"},
    {"reconcile", command_reconcile, "compare the owner's register with what was observed"},
    {"zones", command_zones, "propose zones and conduits, or check what was seen against them"},
    {"merge", command_merge, "make one store of several"},
    {"diff", command_diff, "say what is different between two inventories"},
    {"pack", command_pack, "write or verify a folder of evidence for a security program"},
    {"baseline", command_baseline, "keep an inventory as it was accepted"},
};

static void help(FILE *out)
{
	fputs("earshot - a passive asset-discovery sensor for industrial networks\n\n"
	      "usage: earshot VERB [OPTION...] [ARGUMENT...]\n\n",
		out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-9s %s\n", commands[i].verb, commands[i].about);
	fputs("\n  earshot VERB --help   the options of a verb, with an example\n"
	      "  earshot --version     the versions of earshot and of the libraries it uses\n\n"
	      "example:\n  earshot read plant.pcap && earshot show asset 10.0.0.8\n",
		out);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C"); /* the same bytes everywhere */
	memory_start();
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		version_print(stdout);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].verb) == 0)
			return commands[i].run(argc - 1, argv + 1);
	complain(argv[1], "there is no such verb; 'earshot --help' lists them");
	return EXIT_USAGE;
}
