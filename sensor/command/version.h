/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - what this program is made of. */
#ifndef EARSHOT_VERSION_H
#define EARSHOT_VERSION_H

#include <stdio.h>

void version_print(FILE *out);

#endif
