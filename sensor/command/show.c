/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/show.h"

#include "sensor/command/command.h"

void show_summary(FILE *out, const struct conclusions *c)
{
	fprintf(out, "%zu assets\n", c->asset_count);
}

int command_show(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
