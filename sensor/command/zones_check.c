/* SPDX-License-Identifier: Apache-2.0 */
/* zones_check.c - `earshot zones check`: what was seen against what people decided. */
#include "sensor/command/command.h"

int zones_check(int argc, char **argv)
{
	(void)argc;
	complain(argv[0], "not yet");
	return EXIT_USAGE;
}
