/* SPDX-License-Identifier: Apache-2.0 */
/* zones_propose.c - `earshot zones propose`: what the sensor proposes, in a file that people edit. */
#include "sensor/command/command.h"

int zones_propose(int argc, char **argv)
{
	(void)argc;
	complain(argv[0], "not yet");
	return EXIT_USAGE;
}
