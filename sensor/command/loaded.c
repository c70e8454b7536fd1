/* SPDX-License-Identifier: Apache-2.0 */
/* loaded.c - facts from the store; conclusions made anew, with the rules and tables of today. */
#include "sensor/command/loaded.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sensor/command/command.h"

int loaded_open(struct loaded *l, const char *verb, const char *db)
{
	*l = (struct loaded){.inventory = inventory_new(&inventory_limits_default)};
	int err = l->inventory != NULL ? store_open(&l->store, db, STORE_READ, NULL) : -ENOMEM;
	if (err == 0)
		err = store_load(l->store, l->inventory);
	if (err != 0) {
		complain(verb, "%s", store_error(l->store));
		return EXIT_INPUT;
	}
	snprintf(l->verb, sizeof(l->verb), "%s", verb);
	if (knowledge_load(&l->knowledge, NULL, NULL, warn_line, l->verb) != 0)
		return EXIT_USAGE;
	err = conclusions_make(&l->conclusions, l->inventory, l->knowledge, NULL);
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
	knowledge_free(l->knowledge);
	inventory_free(l->inventory);
	store_close(l->store);
	*l = (struct loaded){0};
}
