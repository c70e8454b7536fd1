/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command.h"

int command_show(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}
