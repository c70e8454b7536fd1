/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_changes.c - what is different since a time, from one store.
 *
 *	old side   what had been seen by then (inventory_until), concluded as it would have been
 *	new side   all that is known, and what was heard since then
 */
#include <errno.h>
#include <string.h>

#include "sensor/command/command.h"
#include "sensor/command/compared.h"
#include "sensor/inventory/until.h"
#include "sensor/store/baseline.h"
#include "sensor/util/moment.h"

/* A name comes before a time: people name baselines by their dates. */
static int since_parse(struct store *s, const char *since, int64_t *time_ns)
{
	struct baselines list;
	if (store_baselines(s, &list) != 0) {
		complain("show", "%s", store_error(s));
		baselines_clear(&list);
		return EXIT_INPUT;
	}
	const struct baseline *b = baselines_find(&list, since);
	bool good = true;
	if (b != NULL)
		*time_ns = b->time_ns;
	else
		good = moment_parse(since, time_ns);
	if (!good)
		complain("show",
			"--since '%s' is neither a time, such as 2026-03-02 or 2026-03-02T10:15:00Z, nor a baseline of "
			"this store",
			since);
	baselines_clear(&list);
	return good ? EXIT_DONE : EXIT_USAGE;
}

static int compare(const struct loaded *l, const struct conclusions *past, int64_t time_ns, enum changes_format format)
{
	struct side sides[2] = {0};
	const char *site = store_site(l->store);
	int code = EXIT_INPUT;
	if (side_of_conclusions(&sides[0], past, site) == 0 &&
		side_since(&sides[1], &l->conclusions, site, time_ns) == 0) {
		side_until(&sides[0], time_ns);
		code = compared_print("show", &sides[0], &sides[1], format);
	} else {
		complain("show", "%s", strerror(ENOMEM));
	}
	side_clear(&sides[0]);
	side_clear(&sides[1]);
	return code == EXIT_ANSWER_NO ? EXIT_DONE : code;
}

int show_changes(const char *db, const struct declaration_files *files, const char *since, enum changes_format format)
{
	struct loaded l;
	struct conclusions past;
	int64_t time_ns = 0;
	int code = loaded_open(&l, "show", db, files);
	if (code == EXIT_DONE)
		code = since_parse(l.store, since, &time_ns);
	struct inventory *earlier = code == EXIT_DONE ? inventory_until(l.inventory, time_ns) : NULL;
	if (earlier != NULL && conclusions_make(&past, earlier, l.knowledge, l.declarations) == 0) {
		code = compare(&l, &past, time_ns, format);
		conclusions_clear(&past);
	} else if (code == EXIT_DONE) {
		complain("show", "%s", strerror(ENOMEM));
		code = EXIT_INPUT;
	}
	inventory_free(earlier);
	loaded_close(&l);
	return code;
}
