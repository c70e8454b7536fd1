/* SPDX-License-Identifier: Apache-2.0 */
/* loaded.c - facts from the store; conclusions made anew, with the rules and tables of today. */
#include "sensor/command/loaded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"

/* The file of this name in the folder of the store, when there is one; on the heap. NULL: none, or no memory. */
static char *beside(const char *db, const char *name, bool *failed)
{
	const char *slash = strrchr(db, '/');
	char *path = NULL;
	if (asprintf(&path, "%.*s%s", slash != NULL ? (int)(slash + 1 - db) : 0, db, name) < 0) {
		*failed = true;
		return NULL;
	}
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* The map of the register's columns is looked for where the register is. */
static int load_mapped(struct declarations **out, const char *zones, const char *owners,
	const struct declaration_files *files, const char *beside_map, char *verb)
{
	struct register_map map = {.source = "", .lenient = files->lenient};
	const char *what = files->map != NULL ? files->map : beside_map;
	int err = what != NULL && owners != NULL ? register_map_read(&map, what, warn_line, verb) : 0;
	if (err == 0)
		err = declarations_load_mapped(out, zones, owners, &map, warn_line, verb);
	register_map_clear(&map);
	return err;
}

int declarations_open(
	struct declarations **out, const char *verb, const char *db, const struct declaration_files *files)
{
	char name[16];
	bool failed = false;
	*out = NULL;
	if (files->none)
		return EXIT_DONE;
	snprintf(name, sizeof(name), "%s", verb);
	char *zones = files->zones == NULL ? beside(db, "zones.yaml", &failed) : NULL;
	char *owners = files->owners_register == NULL ? beside(db, "register.csv", &failed) : NULL;
	char *map = files->map == NULL ? beside(db, "register-map.yaml", &failed) : NULL;
	const char *zones_file = files->zones != NULL ? files->zones : zones;
	const char *register_file = files->owners_register != NULL ? files->owners_register : owners;
	int err = 0;
	if (failed)
		err = -ENOMEM;
	else if (zones_file != NULL || register_file != NULL)
		err = load_mapped(out, zones_file, register_file, files, map, name);
	free(zones);
	free(owners);
	free(map);
	if (err == -ENOMEM)
		complain(verb, "%s", strerror(ENOMEM));
	return err == 0 ? EXIT_DONE : err == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
}

int loaded_open(struct loaded *l, const char *verb, const char *db, const struct declaration_files *files)
{
	*l = (struct loaded){.inventory = inventory_new(&inventory_limits_default)};
	int err = l->inventory != NULL ? store_open(&l->store, db, STORE_READ, NULL) : -ENOMEM;
	if (err == 0)
		err = store_load(l->store, l->inventory);
	if (err != 0) {
		complain(verb, "%s", store_error(l->store));
		return EXIT_INPUT;
	}
	int code = declarations_open(&l->declarations, verb, db, files);
	if (code != EXIT_DONE)
		return code;
	snprintf(l->verb, sizeof(l->verb), "%s", verb);
	if (knowledge_load(&l->knowledge, NULL, NULL, warn_line, l->verb) != 0)
		return EXIT_USAGE;
	err = conclusions_make(&l->conclusions, l->inventory, l->knowledge, l->declarations);
	if (err != 0) {
		complain(verb, "%s: %s", db, strerror(-err));
		return EXIT_INPUT;
	}
	l->concluded = true;
	return EXIT_DONE;
}

void loaded_close(struct loaded *l)
{
	if (l->concluded)
		conclusions_clear(&l->conclusions);
	declarations_free(l->declarations);
	knowledge_free(l->knowledge);
	inventory_free(l->inventory);
	store_close(l->store);
	*l = (struct loaded){0};
}
