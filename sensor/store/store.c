/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/store/store.h"

#include <errno.h>

int store_open(struct store **out, const char *path, enum store_mode mode, const char *site)
{
	(void)path, (void)mode, (void)site;
	*out = NULL;
	return -ENOSYS;
}

void store_close(struct store *s)
{
	(void)s;
}

const char *store_error(const struct store *s)
{
	(void)s;
	return "";
}

const char *store_site(const struct store *s)
{
	(void)s;
	return "";
}

int store_load(struct store *s, struct inventory *into)
{
	(void)s, (void)into;
	return -ENOSYS;
}

int store_save(struct store *s, const struct inventory *inv, const struct conclusions *c)
{
	(void)s, (void)inv, (void)c;
	return -ENOSYS;
}
